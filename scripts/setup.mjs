// Installs the development dependencies if they are missing. Every npm script runs this first, so
// that one command is enough in a fresh clone. Plain Node, because nothing is installed yet.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import lock from '../harness/lock.js';
import npmFailure from '../harness/npmFailure.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(root, 'node_modules');
const stamp = join(modules, '.setup-stamp');
/** npm writes this last, so a folder without it is not complete. */
const installed = join(modules, '.package-lock.json');
const leash = join(root, 'harness', 'n8n', 'process', 'leash.mjs');

/** Without these commands no script can run. */
const TOOLS = ['gulp', 'jest', 'tsx'];

/** Identifies the installed tree: the lock file and the major version of Node. */
function wanted() {
	const lockFile = readFileSync(join(root, 'package-lock.json'));
	const digest = createHash('sha256').update(lockFile).digest('hex');
	return `${digest} node ${process.versions.node.split('.')[0]}`;
}

/** What is missing from node_modules, such as after half of it was deleted; undefined if nothing. */
function firstMissing() {
	if (!existsSync(installed)) return '.package-lock.json';
	const { packages } = JSON.parse(readFileSync(installed, 'utf8'));
	const manifests = Object.keys(packages).map((path) => join(path, 'package.json'));
	const commands = TOOLS.map((name) => join('node_modules', '.bin', name));
	return [...commands, ...manifests].find((path) => !existsSync(join(root, path)));
}

const isStamped = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted();
const isSetUp = () => isStamped() && firstMissing() === undefined;

/** The npm that runs now, and the signal that stopped it. */
let running;
let stoppedBy;

/** Runs npm on the leash that ends it when this process ends, and returns its status and errors. */
async function npm(args, share) {
	const isWindows = process.platform === 'win32';
	const command = isWindows ? 'npm.cmd' : 'npm';
	// Told to end politely, npm goes on for a quarter of a minute, and the next set-up replaces what
	// it leaves anyway.
	const order = { command, args, shell: isWindows, signal: 'SIGKILL' };
	// Neither npm nor an install script needs the key of the person who runs the command.
	const { SILICONFLOW_API_KEY: _key, ...env } = process.env;
	running = spawn(process.execPath, [leash, JSON.stringify(order)], {
		cwd: root,
		env,
		stdio: ['pipe', 'ignore', 'pipe'],
		// Its own process group, so that Ctrl-C in the terminal reaches this process only.
		detached: !isWindows,
	});
	if (running.pid) share(running.pid);
	let stderr = '';
	running.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
	return await new Promise((resolve) => {
		running.once('error', ({ message }) => resolve({ status: -1, stderr: message }));
		running.once('close', (status) => resolve({ status, stderr }));
	});
}

/** @returns what went wrong, in words; undefined if nothing did */
async function install({ shareWith }) {
	console.log('Installing the development dependencies (once; takes a few minutes)...');
	const asked = await npm([...npmFailure.ASK_REGISTRY, '--loglevel=error'], shareWith);
	const unreachable = asked.status === 0 ? undefined : npmFailure.explainNpmFailure(asked.stderr);
	if (stoppedBy || unreachable) return unreachable;
	// npm takes a package for complete if it has a manifest, so a broken folder is not repaired.
	if (firstMissing() !== undefined) rmSync(modules, { recursive: true, force: true });
	rmSync(stamp, { force: true });
	rmSync(installed, { force: true });
	const began = Date.now();
	const timer = setInterval(() => {
		console.log(`  npm is installing (${Math.round((Date.now() - began) / 1000)} s)`);
	}, 15_000);
	// No install scripts, because isolated-vm has no prebuilt binary for Node 20 and 22, and nothing
	// here needs it. Other native packages ship prebuilt. Not `npm ci`, because it refuses the lock
	// file when the registry lacks an optional package for another platform; this command installs
	// the same versions and leaves the lock file unchanged. NODE_ENV=production or npm's own settings
	// may leave out what is needed here.
	const needed = ['--include=dev', '--include=optional', '--include=peer', '--package-lock=true'];
	const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
	const command = ['install', '--no-save', '--ignore-scripts', ...needed, ...quiet];
	// The lock file has no addresses, so npm would ask the registry about every package that it knows.
	let { status, stderr } = await npm([...command, '--prefer-offline'], shareWith);
	// What npm knows of a package may be older than the version that is wanted.
	const isStale = status !== 0 && /ETARGET/.test(stderr);
	if (isStale && !stoppedBy) ({ status, stderr } = await npm(command, shareWith));
	clearInterval(timer);
	if (stoppedBy) return undefined;
	if (status !== 0) {
		const reason = npmFailure.explainNpmFailure(stderr) ?? `npm ended with status ${status}.`;
		return `${stderr.trim()}\n\nCould not install the dependencies. ${reason}`;
	}
	const missing = firstMissing();
	if (missing)
		return `npm has installed the dependencies, but ${missing} is missing. See npm config ls.`;
	writeFileSync(stamp, wanted());
	return undefined;
}

function stop(signal) {
	if (stoppedBy) return;
	stoppedBy = signal;
	if (running) console.log('\nStopping the installation...');
	running?.stdin.end();
}

async function setUp() {
	const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
	const folder = join(root, '.setup-lock');
	const waiting = (pid = 'unknown') =>
		console.log(
			`Another command (process ${pid}) is setting up this clone; waiting for it. If there is no such command, delete ${folder}.`,
		);
	const work = async (hold) => {
		if (isSetUp()) return undefined;
		// Until here a signal ends this process at once. From here on, npm must end first.
		for (const signal of signals) process.on(signal, stop);
		return await install(hold);
	};
	const problem = await lock.withLock(folder, work, waiting);
	if (stoppedBy) process.exit(128 + constants.signals[stoppedBy]);
	for (const signal of signals) process.off(signal, stop);
	if (problem === undefined) return;
	console.error(problem);
	process.exitCode = 1;
}

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
	console.error(`Node 20.19 or newer is required, but this is Node ${process.versions.node}.`);
	process.exit(1);
}
if (!isSetUp()) {
	await setUp().catch(({ message }) => {
		console.error(`Could not set up this clone: ${message}`);
		process.exitCode = 1;
	});
}
