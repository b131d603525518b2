// Installs the development dependencies unless they are there. Every npm script runs this first, so
// that one command is enough in a fresh clone. Plain Node, because nothing is installed yet.
import { spawn } from 'node:child_process';
import { readdirSync, statSync, utimesSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from '../harness/lock.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const modules = join(root, 'node_modules');
/** npm writes this at the end of an installation. */
const installed = join(modules, '.package-lock.json');
const timeOf = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs;
const wantedTime = timeOf(join(root, 'package-lock.json'));

const isSetUp = () => timeOf(installed) >= wantedTime && !isHalfReplaced();

/** An `npm install` that was killed leaves packages that it was replacing, as `.eslint-KzedfjIo`. */
function isHalfReplaced() {
	const scopes = readdirSync(modules).filter((name) => name.startsWith('@'));
	const names = ['.', ...scopes].flatMap((scope) => readdirSync(join(modules, scope)));
	return names.some((name) => /^\..+-[\w-]{8}$/.test(name));
}

/** @returns the status of npm, the signal that ended it, or why it could not be started */
async function npmCi(passOn) {
	// No install scripts, because isolated-vm would compile C++, and nothing here needs it. The rest
	// overrules NODE_ENV=production and settings of npm.
	const needed = ['--include=dev', '--include=optional', '--include=peer', '--no-dry-run'];
	const args = ['ci', '--ignore-scripts', ...needed, '--no-audit', '--no-fund', '--loglevel=error'];
	// npm does not need the key of the person who runs the command.
	const { SILICONFLOW_API_KEY: _key, ...env } = process.env;
	const options = { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] };
	const isWindows = process.platform === 'win32';
	const npm = isWindows
		? spawn(`npm.cmd ${args.join(' ')}`, { ...options, shell: true })
		: spawn('npm', args, options);
	if (npm.pid) passOn(npm.pid);
	const stop = (signal) => {
		process.exitCode = 128 + constants.signals[signal];
		// Told to end politely, npm cleans up for many seconds, and the next command begins anew.
		npm.kill('SIGKILL');
	};
	const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
	for (const signal of signals) process.on(signal, stop);
	const ended = await new Promise((resolve) => {
		npm.once('error', ({ message }) => resolve(message));
		npm.once('close', (status, signal) => resolve(status ?? signal));
	});
	for (const signal of signals) process.off(signal, stop);
	return ended;
}

async function install(passOn) {
	if (isSetUp()) return;
	console.log('Installing the development dependencies (once, takes some minutes)...');
	const ended = await npmCi(passOn);
	if (process.exitCode) return;
	// Otherwise, a lock file with a time in the future would have every command install.
	const isFuture = ended === 0 && timeOf(installed) < wantedTime;
	if (isFuture) utimesSync(installed, new Date(), wantedTime / 1000 + 1);
	if (ended === 0 && isSetUp()) return;
	console.error(
		`npm ci did not install the development dependencies (${ended}). npm says why above. It needs the npm registry: check the network, the proxy and npm config ls, then run the command again.`,
	);
	process.exitCode = 1;
}

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
	console.error(`Node 20.19 or newer is required, but this is Node ${process.versions.node}.`);
	process.exitCode = 1;
} else if (!isSetUp()) {
	const lock = join(root, '.setup-lock');
	await withLock(lock, install, (holder = 'unknown') =>
		console.log(
			`Another command (process ${holder}) installs the dependencies; waiting for it. If there is none, delete ${lock}.`,
		),
	);
}
