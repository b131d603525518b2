/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { holderOf, tryLock, unlock, withLock } from '../../harness/lock';

/** The lock between processes. What set-up does with it is in setup.test.ts. */

let folder: string;
let file: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'lock-'));
	file = join(folder, 'inside', 'a.lock');
});
afterEach(() => {
	unlock(file);
	rmSync(folder, { recursive: true });
});

it('has one holder at a time', () => {
	expect(holderOf(file)).toBeUndefined();
	expect(tryLock(file)).toBe(true);
	expect(holderOf(file)).toBe(process.pid);
	expect(tryLock(file)).toBe(false);
	unlock(file);
	expect(tryLock(file)).toBe(true);
});

it('is for one piece of work at a time, also in one process, and is released after a failed one', async () => {
	const order: string[] = [];
	const first = withLock(file, async () => {
		order.push('first');
		await new Promise((resolve) => setImmediate(resolve));
		throw new Error('failed');
	});
	const waitedFor: unknown[] = [];
	const second = withLock(
		file,
		async () => void order.push('second'),
		(pid) => waitedFor.push(pid),
	);
	await expect(first).rejects.toThrow('failed');
	await second;

	expect(order).toStrictEqual(['first', 'second']);
	expect(waitedFor).toStrictEqual([process.pid]);
	expect(existsSync(file)).toBe(false);
});

it('is not released by others', () => {
	tryLock(file);
	writeFileSync(join(folder, 'other'), String(process.ppid));
	unlock(join(folder, 'other'));

	expect(existsSync(join(folder, 'other'))).toBe(true);
});

it('is released by the end of its process', () => {
	const script = 'require(process.argv[1]).tryLock(process.argv[2]); process.exit(3)';
	const lock = require.resolve('../../harness/lock');
	expect(() => execFileSync(process.execPath, ['-e', script, lock, file])).toThrow();

	expect(existsSync(file)).toBe(false);
});

it('of an earlier process with the id of this one is taken over', () => {
	tryLock(file);
	unlock(file);
	writeFileSync(file, String(process.pid));

	expect(holderOf(file)).toBeUndefined();
	expect(tryLock(file)).toBe(true);
});
