import { VirtualClock } from '../../../harness/simulatedTime/virtualClock';
import { wait, whileWanted } from '../../../nodes/SiliconFlowImage/transport/wait';

describe('A wait', () => {
	it.each([
		['is as long as it should be', 1_700, Infinity, true, 1_700],
		['ends within half a second when it is no longer needed', 60_000, 1_100, false, 1_500],
		['does not begin when it is not needed', 60_000, 0, false, 0],
	])('%s', async (_name, milliseconds, stopMs, isWhole, tookMs) => {
		const clock = new VirtualClock();
		const start = clock.now();
		const shouldStop = () => clock.now() - start >= stopMs;

		expect(await clock.run(wait(milliseconds, shouldStop, clock))).toBe(isWhole);
		expect(clock.now() - start).toBe(tookMs);
	});
});

describe('Work that is waited for while it is wanted', () => {
	async function work(workMs: number, stopMs: number, outcome: string | Error = 'done') {
		const clock = new VirtualClock();
		const start = clock.now();
		const working = clock.sleep(workMs).then(() => {
			if (outcome instanceof Error) throw outcome;
			return outcome;
		});
		const shouldStop = () => clock.now() - start >= stopMs;
		const got = await clock.run(whileWanted(working, shouldStop, clock));
		return { got, tookMs: clock.now() - start };
	}

	it.each([
		['brings what it brings', 1_234, Infinity, { got: 'done', tookMs: 1_234 }],
		['brings it too if it ends at a look', 3_000, Infinity, { got: 'done', tookMs: 3_000 }],
		['brings it if it is no longer wanted at its end', 500, 500, { got: 'done', tookMs: 500 }],
		['is left within half a second', 60_000, 1_100, { got: undefined, tookMs: 1_500 }],
	])('%s', async (_name, workMs, stopMs, expected) => {
		expect(await work(workMs, stopMs)).toStrictEqual(expected);
	});

	it('throws what it throws, but not after it was left', async () => {
		const thrown = new Error('no such file');

		await expect(work(700, Infinity, thrown)).rejects.toBe(thrown);
		expect(await work(60_000, 0, thrown)).toStrictEqual({ got: undefined, tookMs: 0 });
	});
});
