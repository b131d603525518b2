const { ModernFakeTimers } = require('@jest/fake-timers');
const { ModuleMocker } = require('jest-mock');
const { installCommonGlobals } = require('jest-util');

const { process } = globalThis;
installCommonGlobals(globalThis, {}, 'off');
// In its place is a copy of jest now, which cannot talk to the parent process.
globalThis.process = process;

// Freeing the memory of so many files takes Node longer than jest waits for a worker to end.
if (require.main.filename.includes('jest-worker')) process.on('exit', () => process.reallyExit());

/**
 * A test environment without a context of its own: a test file sees the same globals as Node and as
 * the packages that plainRuntime.js shares between the files. What a file leaves behind is removed.
 */
module.exports = class PlainEnvironment {
	global = globalThis;
	before = Object.getOwnPropertyDescriptors(globalThis);
	env = { ...process.env };
	exit = process.exit;
	moduleMocker = new ModuleMocker(globalThis);
	/** jest's older kind of fake timers. No test uses it. */
	fakeTimers = null;

	constructor({ projectConfig }) {
		this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: globalThis });
		// Otherwise the results of this file would be reported once more, under the names of files
		// that ran before it.
		delete globalThis[Symbol.for('EVENT_HANDLERS')];
	}

	async setup() {}

	async teardown() {
		this.moduleMocker.restoreAllMocks();
		this.fakeTimersModern.dispose();
		for (const name of Object.keys(process.env)) if (!(name in this.env)) delete process.env[name];
		Object.assign(process.env, this.env);
		process.exit = this.exit;
		// Also under symbols, where jest keeps the tests of this file and all that they hold. Its
		// matchers are there too; they cannot be removed.
		const added = Reflect.ownKeys(globalThis).filter((key) => !(key in this.before));
		for (const key of added) Reflect.deleteProperty(globalThis, key);
		Object.defineProperties(globalThis, this.before);
	}

	exportConditions() {
		return ['node', 'node-addons'];
	}

	getVmContext() {
		return globalThis;
	}
};
