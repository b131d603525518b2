// A lock between processes: a file with the id of the process that holds it. A lock whose process is
// gone is taken over. Plain CommonJS, because scripts/setup.mjs uses it before anything is installed.
const { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } = require('node:fs');
const { dirname } = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');

/** Nothing that others wait for takes this long, so the id is that of another process by now. */
const LONGEST_MS = 3_600_000;

/** The locks that this process holds. */
const held = new Set();
process.on('exit', () => held.forEach(unlock));

/**
 * Runs the work while holding a lock. Others wait for it, but not longer than an hour.
 *
 * @template Result
 * @param {string} file
 * @param {(passOn: (pid: number) => void) => Promise<Result>} work `passOn` makes another process the
 * holder, which may outlive this one
 * @param {(holder: number | undefined) => void} [onWait] called once if another process holds the
 * lock, with its id
 * @returns {Promise<Result>}
 */
async function withLock(file, work, onWait = () => {}) {
	for (let waits = 0; !tryLock(file); waits += 1) {
		if (waits === 0) onWait(holderOf(file));
		const since = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
		if (Date.now() - since > LONGEST_MS) rmSync(file, { force: true });
		else await sleep(500);
	}
	try {
		return await work((pid) => writeFileSync(file, String(pid)));
	} finally {
		unlock(file);
	}
}

/**
 * Takes the lock unless a process that lives holds it. Release it with `unlock`; the end of this
 * process does so too.
 *
 * @param {string} file
 * @returns {boolean} whether the lock is taken
 */
function tryLock(file) {
	mkdirSync(dirname(file), { recursive: true });
	try {
		writeFileSync(file, String(process.pid), { flag: 'wx' });
	} catch (error) {
		if (error.code !== 'EEXIST') throw error;
		if (holderOf(file) !== undefined) return false;
		rmSync(file, { recursive: true, force: true });
		return tryLock(file);
	}
	held.add(file);
	return true;
}

/** @param {string} file */
function unlock(file) {
	if (held.delete(file)) rmSync(file, { force: true });
}

/**
 * @param {string} file
 * @returns {number | undefined} the id of the process that holds the lock; undefined if it is gone
 */
function holderOf(file) {
	let pid;
	try {
		pid = Number(readFileSync(file, 'utf8'));
		// An earlier process may have had the id that this one has now.
		if (pid === process.pid) return held.has(file) ? pid : undefined;
		process.kill(pid, 0);
		return pid;
	} catch (error) {
		// EPERM: it lives, and belongs to another user.
		return error.code === 'EPERM' ? pid : undefined;
	}
}

module.exports = { withLock, tryLock, unlock, holderOf };
