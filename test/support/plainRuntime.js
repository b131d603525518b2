const Module = require('node:module');
const { join, sep } = require('node:path');
const { Script } = require('node:vm');
const { default: Runtime } = require('jest-runtime');

const packages = `${sep}node_modules${sep}`;
/** n8n's loader takes the built node from here. */
const dist = join(__dirname, '..', '..', 'dist') + sep;
const load = Module._load;

/** What was compiled in this process, because the next test file needs most of it again. */
const scripts = new Map();

/**
 * Where jest keeps which test runs. Tests run one after the other here, so it needs no hooks, through
 * which Node would pass every promise.
 */
class SequentialStorage {
	run(store, work) {
		const before = this.store;
		const end = () => void (this.store = before);
		this.store = store;
		const result = work();
		if (typeof result?.finally === 'function') return result.finally(end);
		end();
		return result;
	}

	getStore() {
		return this.store;
	}
}

/**
 * Runs test files without jest's sandbox, in which n8n-core takes seconds to load for each file and
 * every look-up of a global is slow. Packages are loaded once for each process, by Node itself; the
 * project's own modules are loaded anew for each file, as in the sandbox.
 */
module.exports = class PlainRuntime extends Runtime {
	constructor(...args) {
		super(...args);
		const { executor } = this;
		if (!executor?.compile) throw new Error('Another jest: adapt test/support/plainRuntime.js');
		const head = `(function (${executor.injectedModuleParameters.join(', ')}) {`;
		executor.compile = (source, filename) => {
			const code = `${head}${source}\n})`;
			let known = scripts.get(filename);
			if (known?.code !== code) known = { code, script: new Script(code, { filename }) };
			scripts.set(filename, known);
			return known.script.runInThisContext();
		};

		for (const path of Object.keys(require.cache)) {
			if (path.startsWith(dist)) delete require.cache[path];
		}
		// What the built node requires is resolved by jest, which has a resolver for zod 4.
		Module._load = (request, parent, ...rest) =>
			parent?.filename?.startsWith(dist) && !request.startsWith('.')
				? require(this._resolution.resolveCjs(parent.filename, request))
				: load(request, parent, ...rest);
	}

	/** jest's own packages. Only the runner is loaded anew, because it keeps the tests of the file. */
	requireInternalModule(from, moduleName) {
		if (moduleName === 'node:async_hooks') return { AsyncLocalStorage: SequentialStorage };
		if (moduleName && !this._resolution.isCoreModule(moduleName)) {
			const path = this._resolution.resolveCjs(from, moduleName);
			if (!path.includes(`${sep}jest-circus${sep}`)) return require(path);
		}
		return super.requireInternalModule(from, moduleName);
	}

	requireModule(from, moduleName, options, ...rest) {
		if (moduleName && !options?.isInternalModule && !this._resolution.isCoreModule(moduleName)) {
			const path = this._resolution.resolveCjs(from, moduleName);
			if (path.includes(packages)) return require(path);
		}
		return super.requireModule(from, moduleName, options, ...rest);
	}
};
