import { failures } from '../../simulator';
import { inVirtualTime } from '../support/virtualTime';
import { openWorkbench, type Workbench } from '../support/workbench';

/** Limits that outlast plain back-off, and malicious replies. */

let bench: Workbench;
afterEach(async () => await bench.close());

const items = (n: number) => Array.from({ length: n }, (_, i) => ({ json: { i } }));
const prompt = '={{ "fox " + $json.i }}';

it('four images of one item come out with a limit of two per minute', async () => {
	bench = await openWorkbench({ simulator: { limit: { images: 2, perMs: 60_000 } } });
	const { result } = await inVirtualTime(
		bench.simulator,
		async () => await bench.step({ prompt: 'a fox', numberOfImages: 4, options: { seed: 7 } }, {}),
	);
	expect(result.error).toBeUndefined();
	expect(result.items.map(({ json }) => json.seed)).toEqual([7, 8, 9, 10]);
	expect(bench.simulator.imagesMade).toBe(4);
});

it('Images per Minute counts the images of a request', async () => {
	bench = await openWorkbench({ simulator: { limit: { images: 4, perMs: 60_000 } } });
	const executionOptions = { imagesPerMinute: 4 };
	const { result } = await inVirtualTime(
		bench.simulator,
		async () =>
			await bench.step({ prompt, numberOfImages: 4, executionOptions }, { items: items(3) }),
	);
	expect(result.items).toHaveLength(12);
	expect(bench.simulator.generations.map(({ status }) => status)).toEqual([200, 200, 200]);
});

describe('With Continue On Fail', () => {
	it.each([
		['a limit per day', failures.rateLimitDaily, 'daily limit'],
		['a wait of hours', { ...failures.rateLimit, headers: { 'retry-after': '36000' } }, '10 h'],
	])('%s ends every item at once', async (_name, failure, expected) => {
		bench = await openWorkbench();
		bench.simulator.fault({ ...failure, times: Infinity });
		const { result, elapsedMs } = await inVirtualTime(
			bench.simulator,
			async () =>
				await bench.step({ prompt }, { items: items(10), onError: 'continueRegularOutput' }),
		);
		expect(result.items).toHaveLength(10);
		for (const { json } of result.items) expect(json.details).toContain(expected);
		expect(elapsedMs).toBeLessThan(3_000);
		// The requests that were in progress when the first was refused.
		expect(bench.simulator.generations.length).toBeLessThanOrEqual(3);
	});

	it('a limit that accepts nothing ends all items when time is up, not one after the other', async () => {
		bench = await openWorkbench();
		bench.simulator.fault({ ...failures.rateLimit, times: Infinity });
		const { result, elapsedMs } = await inVirtualTime(
			bench.simulator,
			async () =>
				await bench.step(
					{ prompt, executionOptions: { giveUpAfter: 2 } },
					{ items: items(10), onError: 'continueRegularOutput' },
				),
		);
		expect(result.items).toHaveLength(10);
		for (const { json } of result.items)
			expect(json.details).toMatch(/in 2 min.* \(\d+ rejections\)/);
		expect(elapsedMs).toBeGreaterThanOrEqual(120_000);
		expect(elapsedMs).toBeLessThan(160_000);
	});
});

it.each(['0', '-5', 'Wed, 21 Oct 2015 07:28:00 GMT', 'soon', '1'])(
	'a Retry-After of %s does not make the node ask without end',
	async (retryAfter) => {
		bench = await openWorkbench();
		const headers = { 'retry-after': retryAfter };
		bench.simulator.fault({ ...failures.rateLimit, headers, times: Infinity });
		const { elapsedMs } = await inVirtualTime(
			bench.simulator,
			async () => await bench.step({ prompt: 'a fox', executionOptions: { giveUpAfter: 3 } }),
		);
		expect(bench.simulator.generations.length).toBeLessThanOrEqual(40);
		// A second less, where the service asks for a second that is no longer there.
		expect(elapsedMs).toBeGreaterThanOrEqual(178_500);
		expect(elapsedMs).toBeLessThan(240_000);
	},
);

it.each([200, 400])(
	'a reply with endless nesting (HTTP %i) affects no other item',
	async (status) => {
		bench = await openWorkbench({ simulator: { latencyMs: 50 } });
		const body = '['.repeat(100_000) + ']'.repeat(100_000);
		const when = ({ body: sent }: { body?: unknown }) =>
			(sent as { prompt?: string } | undefined)?.prompt === 'fox 2';
		bench.simulator.fault({ status, body, contentType: 'application/json', when });
		const { items: out } = await bench.step(
			{ prompt },
			{ items: items(4), onError: 'continueRegularOutput' },
		);
		expect(out.map(({ json }) => typeof json.error)).toEqual([
			'undefined',
			'undefined',
			'string',
			'undefined',
		]);
	},
);
