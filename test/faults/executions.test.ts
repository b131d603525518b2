/* eslint-disable @n8n/community-nodes/no-restricted-globals */
import { randomFrom } from '../../harness/simulatedTime/random';
import { failures } from '../../simulator';
import { inVirtualTime } from '../support/virtualTime';
import { openWorkbench, type Workbench } from '../support/workbench';

/** Executions at the same time on one account, in one process, on a virtual clock. */

let bench: Workbench;
afterEach(async () => await bench.close());

const items = (n: number) => Array.from({ length: n }, (_, i) => ({ json: { i } }));
const prompt = '={{ "fox " + $json.i }}';
const options = { download: false };
const statuses = () => bench.simulator.generations.map(({ status }) => status);

async function together<T>(runs: Array<() => Promise<T>>, random?: () => number) {
	return await inVirtualTime(
		bench.simulator,
		async () => await Promise.all(runs.map(async (run) => await run())),
		random,
	);
}

it('ten executions of one image, at two a minute: every image comes out, soon', async () => {
	bench = await openWorkbench({ simulator: { limit: { images: 2, perMs: 60_000 } } });
	// By chance, a pause ends just before the minute does, and the service rejects five requests more.
	const { result, elapsedMs } = await together(
		Array.from({ length: 10 }, (_, i) => async () => {
			return await bench.step({ prompt: `fox ${i}`, options });
		}),
		randomFrom(1),
	);
	for (const { status, items: out } of result) expect([status, out.length]).toEqual(['success', 1]);
	expect(elapsedMs).toBeLessThan(264_000);
	expect(statuses().filter((status) => status === 429).length).toBeLessThanOrEqual(20);
});

it('an image of another execution does not wait behind a hundred', async () => {
	bench = await openWorkbench({ simulator: { limit: { images: 10, perMs: 60_000 } } });
	let waitedMs = 0;
	await together([
		async () => await bench.step({ prompt, options }, { items: items(40) }),
		async () => {
			const start = Date.now();
			const outcome = await bench.step({ prompt: 'the other', options });
			waitedMs = Date.now() - start;
			return outcome;
		},
	]);
	expect(waitedMs).toBeLessThan(120_000);
});

it('Images per Minute is kept by two executions together', async () => {
	bench = await openWorkbench();
	const executionOptions = { imagesPerMinute: 3 };
	await together([
		async () => await bench.step({ prompt, options, executionOptions }, { items: items(5) }),
		async () => await bench.step({ prompt, options, executionOptions }, { items: items(4) }),
	]);
	const times = bench.simulator.generations.map(({ receivedAt }) => receivedAt);
	expect(times).toHaveLength(9);
	// The simulator keeps real time, in which all of this takes a moment, so it is the order that counts.
	expect(bench.simulator.generations.every(({ status }) => status === 200)).toBe(true);
});

it('a rejected model does not hold back another', async () => {
	bench = await openWorkbench();
	const isKolors = ({ body }: { body?: unknown }) =>
		(body as { model?: string } | undefined)?.model === 'Kwai-Kolors/Kolors';
	bench.simulator.fault({ ...failures.rateLimit, times: Infinity, when: isKolors });
	const { result } = await inVirtualTime(
		bench.simulator,
		async () =>
			await bench.step(
				{
					prompt,
					options,
					model: '={{ $json.i < 6 ? "Kwai-Kolors/Kolors" : "Tongyi-MAI/Z-Image" }}',
					executionOptions: { giveUpAfter: 1 },
				},
				{ items: items(12), onError: 'continueErrorOutput' },
			),
	);
	expect(result.items).toHaveLength(6);
	expect(result.errorItems).toHaveLength(6);
});

it('a limit per day ends the waiting items of all executions; the next execution asks once', async () => {
	bench = await openWorkbench();
	bench.simulator.fault({ ...failures.rateLimitDaily, times: Infinity });
	const run = async () =>
		await bench.step(
			{ prompt, options, executionOptions: { concurrency: 1 } },
			{ items: items(20), onError: 'continueRegularOutput' },
		);
	let elapsedMs = 0;
	let asked = 0;
	const { result } = await inVirtualTime(bench.simulator, async () => {
		const start = Date.now();
		const outcomes = await Promise.all([run(), run()]);
		elapsedMs = Date.now() - start;
		asked = bench.simulator.generations.length;
		// Later by the clock, which stands still otherwise.
		await new Promise((resolve) => setTimeout(resolve, 50));
		await run();
		return outcomes;
	});
	for (const { items: out } of result) {
		expect(out.map(({ json }) => json.details)).toEqual(
			Array(20).fill(expect.stringContaining('daily limit')),
		);
	}
	expect(elapsedMs).toBeLessThan(1000);
	expect(asked).toBeLessThanOrEqual(2);
	expect(bench.simulator.generations).toHaveLength(asked + 1);
});

describe('What was learned about batches', () => {
	it.each([
		['ignored', 4],
		['refused', 5],
	] as const)('%s: the next execution asks for single images', async (batchSize, requests) => {
		bench = await openWorkbench({ simulator: { batchSize } });
		const run = async () => await bench.step({ prompt: 'a fox', numberOfImages: 4, options });
		const first = await run();
		expect(first.items).toHaveLength(4);
		expect(bench.simulator.generations).toHaveLength(requests);
		const next = await run();
		expect(next.items).toHaveLength(4);
		expect(bench.simulator.generations).toHaveLength(requests + 4);
	});
});

it('Maximum Images per Run refuses a larger run before anything is sent, with both numbers', async () => {
	bench = await openWorkbench();
	const step = async (maxImages: number) =>
		await bench.step(
			{ prompt, options, numberOfImages: 3, executionOptions: { maxImages } },
			{ items: items(4) },
		);
	const { error } = await step(11);
	expect(error?.message).toBe(
		"This run would generate 12 images, but 'Maximum Images per Run' is 11",
	);
	expect(bench.simulator.generations).toEqual([]);
	expect((await step(12)).items).toHaveLength(12);
});

it('a wait that mattered is told beside the output', async () => {
	bench = await openWorkbench({ simulator: { limit: { images: 2, perMs: 60_000 } } });
	const { result } = await together([
		async () => await bench.step({ prompt, options }, { items: items(3) }),
	]);
	expect(result[0].hints.map(({ message }) => message)).toEqual([
		expect.stringMatching(
			/^Waited (5\d s|1 min|1 min \d s) for SiliconFlow's rate limit \(\d rejections\)\. Set 'Images per Minute' to your account's limit to avoid this\.$/,
		),
	]);
});

it('a short wait is not', async () => {
	bench = await openWorkbench();
	bench.simulator.fault(failures.rateLimit);
	const { result } = await together([async () => await bench.step({ prompt: 'a fox', options })]);
	expect(result[0].items).toHaveLength(1);
	expect(result[0].hints).toEqual([]);
});
