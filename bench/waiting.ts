/* eslint-disable @n8n/community-nodes/no-restricted-globals */
import { sleep } from 'n8n-workflow';
import { LARGE_EDIT, largeEditItem, MB, peakMb } from './largeEdit';
import { clearStorage, openNode, runNode, workflowOf } from './node';
import { inOwnProcess } from './ownProcess';
import { startService } from './service';
import type { Measured } from './time';

const EXECUTIONS = 40;
const WAIT_MS = 30_000;

/**
 * Peak resident memory above idle, in MB, while executions wait for a rate limit, each with an edit
 * of three 8 MB images. The limit is used up before they start, and they are cancelled while it is.
 */
async function growthOfWaiting(): Promise<number> {
	const limit = { images: 2, perMs: 60_000 };
	const service = await startService({ imageBytes: 200_000, limit });
	try {
		const engine = await openNode(service);
		const item = largeEditItem();
		for (let i = 0; i < limit.images; i++) {
			await runNode(engine, { items: 1, concurrency: 1 }, LARGE_EDIT, [item]);
		}
		global.gc?.();
		const idle = process.memoryUsage.rss() / MB;
		const cancels: Array<() => void> = [];
		const runs = Array.from({ length: EXECUTIONS }, async () => {
			const onStart = (cancel: () => void) => void cancels.push(cancel);
			return await engine.run(workflowOf(LARGE_EDIT), { items: [item], onStart });
		});
		await sleep(WAIT_MS);
		for (const cancel of cancels) cancel();
		for (const { status } of await Promise.all(runs)) {
			if (status !== 'canceled') throw new Error(`An execution did not wait: ${status}`);
		}
		return peakMb() - idle;
	} finally {
		service.stop();
		await clearStorage();
	}
}

export async function measureMemoryOfWaiting(): Promise<Measured> {
	const execArgv = ['--import', 'tsx', '--expose-gc'];
	const grown = await inOwnProcess<number>(__filename, [], execArgv);
	return {
		name: '40 executions waiting, each an edit with three 8 MB inputs, peak memory above idle',
		node: `${grown.toFixed(0)} MB`,
		floor: '-',
		result: `${grown.toFixed(0)} MB`,
		target: '<= 150 MB',
		met: grown <= 150,
	};
}

if (require.main === module) {
	void growthOfWaiting().then((result) => {
		process.send?.(result, () => process.exit(0));
	});
}
