/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/require-node-api-error */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs the work while holding a lock between processes. A lock whose holder has died is removed.
 *
 * @param onWait called once if the lock is held by another process
 */
export async function withLock<Result>(
	folder: string,
	work: () => Promise<Result>,
	onWait: () => void = () => {},
): Promise<Result> {
	mkdirSync(dirname(folder), { recursive: true });
	for (let waits = 0; !acquire(folder); waits += 1) {
		if (waits === 0) onWait();
		await sleep(500);
	}
	try {
		return await work();
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** Creating a folder is atomic: only one process succeeds. */
function acquire(folder: string): boolean {
	try {
		mkdirSync(folder);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
		if (isAbandoned(folder)) remove(folder);
		return false;
	}
	writeFileSync(join(folder, 'pid'), String(process.pid));
	return true;
}

/** Removes an abandoned lock. If another process has just acquired it, it is put back. */
function remove(folder: string): void {
	const aside = `${folder}.${process.pid}`;
	try {
		renameSync(folder, aside);
	} catch {
		return;
	}
	if (isAbandoned(aside)) rmSync(aside, { recursive: true, force: true });
	else renameSync(aside, folder);
}

function isAbandoned(folder: string): boolean {
	try {
		const pid = readFileSync(join(folder, 'pid'), 'utf8');
		// The pid file is written just after the folder is created.
		if (pid === '') return isOld(folder);
		process.kill(Number(pid), 0);
		return false;
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		return code === 'ESRCH' || (code === 'ENOENT' && isOld(folder));
	}
}

function isOld(folder: string): boolean {
	const made = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
	return Date.now() - made > 10_000;
}
