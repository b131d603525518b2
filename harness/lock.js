// A lock between processes: a folder, because creating one is atomic, with the ids of its holders.
// A lock whose holders have all died is taken over. Plain CommonJS, because scripts/setup.mjs uses it
// before anything is installed.
const { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');

/** The locks that this process holds. */
const held = new Set();
process.on('exit', () => held.forEach(unlock));

/**
 * Runs the work while holding a lock.
 *
 * @template Result
 * @param {string} folder
 * @param {(hold: { shareWith(pid: number): void }) => Promise<Result>} work `shareWith` keeps the
 * lock until this process has died too
 * @param {(holder: number | undefined) => void} [onWait] called once if another process holds the
 * lock, with its id
 * @returns {Promise<Result>}
 */
async function withLock(folder, work, onWait = () => {}) {
	for (let waits = 0; !tryLock(folder); waits += 1) {
		if (waits === 0) onWait(holderOf(folder));
		await sleep(500);
	}
	try {
		const shareWith = (/** @type {number} */ pid) => writeHolders(folder, process.pid, pid);
		return await work({ shareWith });
	} finally {
		unlock(folder);
	}
}

/**
 * Takes the lock unless a process that lives holds it. Release it with `unlock`; the end of this
 * process does so too.
 *
 * @param {string} folder
 * @returns {boolean} whether the lock is taken
 */
function tryLock(folder) {
	mkdirSync(dirname(folder), { recursive: true });
	for (let attempt = 0; attempt < 2; attempt += 1) {
		try {
			mkdirSync(folder);
			held.add(folder);
			writeHolders(folder, process.pid);
			return true;
		} catch (error) {
			if (error.code !== 'EEXIST') throw error;
			if (isAbandoned(folder)) remove(folder);
		}
	}
	return false;
}

/** @param {string} folder */
function unlock(folder) {
	if (!held.delete(folder)) return;
	rmSync(folder, { recursive: true, force: true });
}

/**
 * @param {string} folder
 * @returns {number | undefined} the id of the first process that holds the lock and lives
 */
function holderOf(folder) {
	return holdersIn(folder).find((pid) => isAlive(pid, folder));
}

const pidFile = (/** @type {string} */ folder) => join(folder, 'pid');

/** Replaced in one step, so that no reader sees half of it. */
function writeHolders(/** @type {string} */ folder, /** @type {number[]} */ ...pids) {
	writeFileSync(`${pidFile(folder)}.new`, pids.join('\n'));
	renameSync(`${pidFile(folder)}.new`, pidFile(folder));
}

/** @returns {number[]} */
function holdersIn(/** @type {string} */ folder) {
	try {
		return readFileSync(pidFile(folder), 'utf8').split('\n').filter(Boolean).map(Number);
	} catch {
		return [];
	}
}

/** This process's own id in a lock that it does not hold is that of an earlier process. */
function isAlive(/** @type {number} */ pid, /** @type {string} */ folder) {
	if (pid === process.pid) return held.has(folder);
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		// EPERM: it lives, and belongs to another user.
		return error.code !== 'ESRCH';
	}
}

/** The file with the ids is written just after the folder is created. */
function isAbandoned(/** @type {string} */ folder, /** @type {string} */ name = folder) {
	const pids = holdersIn(folder);
	if (pids.length > 0) return !pids.some((pid) => isAlive(pid, name));
	const made = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
	return Date.now() - made > 10_000;
}

/** Removes an abandoned lock. If another process has just taken it, it is put back. */
function remove(/** @type {string} */ folder) {
	const aside = `${folder}.${process.pid}`;
	try {
		renameSync(folder, aside);
	} catch {
		return;
	}
	if (isAbandoned(aside, folder)) rmSync(aside, { recursive: true, force: true });
	else renameSync(aside, folder);
}

module.exports = { withLock, tryLock, unlock, holderOf };
