// Installs the development dependencies if they are missing. Every npm script runs this first, so
// that one command is enough in a fresh clone. Plain Node, because nothing is installed yet.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(root, 'node_modules');
const stamp = join(modules, '.setup-stamp');
const lock = join(root, '.setup-lock');

/** Identifies the installed tree: the lock file and the major version of Node. */
function wanted() {
	const lockFile = readFileSync(join(root, 'package-lock.json'));
	const digest = createHash('sha256').update(lockFile).digest('hex');
	return `${digest} node ${process.versions.node.split('.')[0]}`;
}

const isSetUp = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted();

/** Two commands started at the same time must not install into the same folder. */
async function acquire() {
	for (;;) {
		try {
			mkdirSync(lock);
			return;
		} catch {
			const age = existsSync(lock) ? Date.now() - statSync(lock).mtimeMs : 0;
			if (age > 15 * 60_000) rmSync(lock, { recursive: true, force: true });
			await new Promise((resolve) => setTimeout(resolve, 500));
		}
	}
}

function install() {
	console.log('Installing the development dependencies (once; takes one or two minutes)...');
	// No install scripts, because isolated-vm has no prebuilt binary for Node 20 and 22, and nothing
	// here needs it. Other native packages ship prebuilt. Not `npm ci`, because it refuses the lock
	// file when the registry lacks an optional package for another platform; this command installs
	// the same versions and leaves the lock file unchanged.
	const { status, error } = spawnSync(
		process.platform === 'win32' ? 'npm.cmd' : 'npm',
		['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
		{ cwd: root, stdio: 'inherit', shell: process.platform === 'win32' },
	);
	if (status === 0) return writeFileSync(stamp, wanted());
	console.error(
		`Could not install the dependencies${error ? ` (${error.message})` : ''}. Check that the npm registry can be reached and that 2 GB of disk space are free, then run the command again.`,
	);
	process.exitCode = 1;
}

if (Number(process.versions.node.split('.')[0]) < 20) {
	console.error(`Node 20 or newer is required, but this is Node ${process.versions.node}.`);
	process.exit(1);
}
if (!isSetUp()) {
	await acquire();
	try {
		if (!isSetUp()) install();
	} finally {
		rmSync(lock, { recursive: true, force: true });
	}
}
