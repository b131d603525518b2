const { join, sep } = require('node:path');
const { compileFunction } = require('node:vm');
const { default: Runtime } = require('jest-runtime');

const packages = `${sep}node_modules${sep}`;
const dist = join(__dirname, '..', '..', 'dist') + sep;

/**
 * Runs test files without jest's sandbox, in which n8n-core takes seconds to load for each file and
 * every look-up of a global is slow. Packages are loaded once for each process, by Node itself; the
 * project's own modules are loaded anew for each file, as in the sandbox.
 */
module.exports = class PlainRuntime extends Runtime {
	constructor(...args) {
		super(...args);
		// n8n's loader takes the built node from here.
		for (const path of Object.keys(require.cache)) {
			if (path.startsWith(dist)) delete require.cache[path];
		}
		const { executor } = this;
		if (!executor?.compile)
			throw new Error('Another version of jest: see test/support/plainRuntime.js');
		executor.compile = (source, filename) =>
			compileFunction(source, executor.injectedModuleParameters, { filename });
	}

	requireModule(from, moduleName, options, ...rest) {
		if (moduleName && !options?.isInternalModule && !this._resolution.isCoreModule(moduleName)) {
			const path = this._resolution.resolveCjs(from, moduleName);
			if (path.includes(packages)) return require(path);
		}
		return super.requireModule(from, moduleName, options, ...rest);
	}
};
