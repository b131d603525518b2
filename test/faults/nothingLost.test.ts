import type { INodeParameters } from 'n8n-workflow';
import { failures } from '../../simulator';
import { until } from '../support/until';
import { inVirtualTime } from '../support/virtualTime';
import { openWorkbench, type Workbench } from '../support/workbench';

/** Whatever goes wrong, every image paid for comes out or is named. */

let bench: Workbench;
afterEach(async () => await bench.close());

const items = (n: number) => Array.from({ length: n }, (_, i) => ({ json: { i } }));
const prompt = '={{ "fox " + $json.i }}';
const isFor =
	(i: number) =>
	({ body }: { body?: unknown }) =>
		(body as { prompt?: string } | undefined)?.prompt === `fox ${i}`;

describe('One item of six is refused', () => {
	it('requests in progress are finished and named with their links, and no more are sent', async () => {
		bench = await openWorkbench({ simulator: { latencyMs: 200 } });
		bench.simulator.fault({ ...failures.moderated, when: isFor(1) });
		const { status, error } = await bench.step({ prompt }, { items: items(6) });

		expect(status).toBe('error');
		expect(error?.context.itemIndex).toBe(1);
		expect(error?.httpCode).toBe('451');
		// Concurrency 3: items 0 and 2 were in progress when item 1 was refused.
		expect(bench.simulator.generations).toHaveLength(3);
		expect(bench.simulator.imagesMade).toBe(2);
		expect(error?.description).toContain(
			"Already made and paid for: 2 images. Their links are in the details below (From SiliconFlow Image). Not requested: 3 images. To get the images of a run even if one is refused, set 'On Error' to 'Continue' in the settings of this step.",
		);
		expect(error?.description).not.toContain('http');
		const made = bench.simulator.generations.flatMap(({ images }) => images ?? []);
		expect(error?.context.data).toEqual({
			images: made.map((url) => ({ url, urlExpiresAt: expect.stringMatching(/^\d{4}-.*Z$/) })),
		});
	});

	it('Continue On Fail outputs the other five in order', async () => {
		bench = await openWorkbench();
		bench.simulator.fault({ ...failures.moderated, when: isFor(1) });
		const outcome = await bench.step(
			{ prompt },
			{ items: items(6), onError: 'continueRegularOutput' },
		);
		expect(outcome.items.map(({ json }) => json.prompt)).toEqual(
			items(6).map(({ json }) => `fox ${json.i}`),
		);
		expect(outcome.items[1].json).toEqual({
			error: expect.stringContaining('code 20021'),
			details: expect.stringContaining('moderation'),
			model: 'Kwai-Kolors/Kolors',
			prompt: 'fox 1',
			index: 0,
			status: 451,
			code: 20021,
			traceId: expect.stringMatching(/^ti_/),
		});
		expect(outcome.items.filter(({ binary }) => binary)).toHaveLength(5);
	});
});

it('the list of links has a maximum length', async () => {
	bench = await openWorkbench();
	bench.simulator.fault({ ...failures.moderated, when: isFor(59) });
	const { error } = await bench.step(
		{ prompt, options: { download: false } },
		{ items: items(60) },
	);
	const { images, more } = error?.context.data as { images: unknown[]; more: number };
	expect(error?.description).toContain(`paid for: ${images.length + more} images`);
	expect(more).toBeGreaterThan(0);
	expect(JSON.stringify(images).length).toBeLessThan(15_000);
	expect(error?.description?.length).toBeLessThan(1000);
});

it('a run that made no image names none', async () => {
	bench = await openWorkbench();
	bench.simulator.fault(failures.moderated);
	const { error } = await bench.step({ prompt: 'a fox' });
	expect(error?.description).not.toContain('paid for');
	expect(error?.description).not.toContain('Not requested');
	expect(error?.context.data).toBeUndefined();
});

describe('A request for several images', () => {
	const parameters = { prompt: 'a fox', numberOfImages: 6 };
	const applies = 'The request was for 4 images, and this applies to all of them.';

	it('that timed out is not called one image, and the rest is said not to be requested', async () => {
		bench = await openWorkbench();
		bench.simulator.fault({ stall: 'before-headers' });
		const executionOptions = { timeout: 1, concurrency: 1 };
		const { items } = await bench.step(
			{ ...parameters, executionOptions },
			{ onError: 'continueRegularOutput' },
		);

		expect(bench.simulator.generations.map(({ body }) => body)).toMatchObject([{ batch_size: 4 }]);
		expect(items).toHaveLength(1);
		expect(items[0].json.details).toContain(
			`${applies} Not requested for this item: 2 more images.`,
		);
	});

	it('that stops the run says the same of the run', async () => {
		bench = await openWorkbench();
		bench.simulator.fault({ stall: 'before-headers' });
		const executionOptions = { timeout: 1, concurrency: 1 };
		const { error } = await bench.step({ ...parameters, executionOptions }, { items: items(2) });

		expect(error?.description).toContain(`${applies} Not requested: 8 images.`);
	});

	it('of the only item gives no advice on other items', async () => {
		bench = await openWorkbench();
		bench.simulator.fault(failures.moderated);
		const { error } = await bench.step({ ...parameters, executionOptions: { concurrency: 1 } });

		expect(error?.description).toMatch(/Not requested: 2 images\.$/);
	});

	it('that was all of the item leaves nothing out', async () => {
		bench = await openWorkbench();
		bench.simulator.fault(failures.moderated);
		const { error } = await bench.step({ ...parameters, numberOfImages: 4 });

		expect(error?.description).toMatch(/this applies to all of them\.$/);
	});

	it('that was never sent is not said to have been', async () => {
		bench = await openWorkbench();
		bench.simulator.fault(failures.rateLimitDaily);
		const { items: out } = await bench.step(
			{ ...parameters, numberOfImages: 4, executionOptions: { concurrency: 1 } },
			{ items: items(2), onError: 'continueRegularOutput' },
		);

		expect(bench.simulator.generations).toHaveLength(1);
		expect(out[0].json.details).toContain(applies);
		expect(out[1].json.details).not.toContain(applies);
		expect(out[1].json.details).toContain('Not requested for this item: 3 more images.');
	});
});

describe('A download fails for good', () => {
	it.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'%s keeps URL, seed and trace id in the item',
		async (onError) => {
			bench = await openWorkbench();
			bench.simulator.fault({ on: 'image', status: 410, body: '' });
			const outcome = await bench.step(
				{ prompt: 'a fox', options: { seed: 5 } },
				{ items: [{ json: { name: 'kept' } }], onError },
			);
			const [item] = onError === 'continueErrorOutput' ? outcome.errorItems : outcome.items;
			expect(item.json).toMatchObject({
				error: 'The image was made but not downloaded: the image host answered with HTTP 410',
				url: bench.simulator.generations[0].images?.[0],
				urlExpiresAt: expect.any(String),
				seed: 5,
				traceId: bench.simulator.generations[0].traceId,
			});
			expect(Object.keys(item.json).at(-1)).toBe('url');
			expect(item.pairedItem).toMatchObject({ item: 0 });
		},
	);

	it('the other images of the item still come out', async () => {
		bench = await openWorkbench();
		bench.simulator.fault({ on: 'image', status: 410, body: '' });
		const outcome = await bench.step(
			{ prompt: 'a fox', numberOfImages: 3 },
			{ onError: 'continueErrorOutput' },
		);
		expect(outcome.items).toHaveLength(2);
		expect(outcome.errorItems).toHaveLength(1);
		expect(bench.simulator.generations).toHaveLength(1);
	});
});

it('one failed request of an item stops its further requests, but not other items', async () => {
	bench = await openWorkbench({ simulator: { latencyMs: 50 } });
	bench.simulator.fault({ ...failures.balance, when: isFor(0) });
	const outcome = await bench.step(
		{ prompt, model: 'Qwen/Qwen-Image', numberOfImages: 4, executionOptions: { concurrency: 1 } },
		{ items: items(2), onError: 'continueErrorOutput' },
	);
	expect(outcome.errorItems).toHaveLength(1);
	expect(outcome.items.map(({ json }) => [json.prompt, json.index])).toEqual(
		[0, 1, 2, 3].map((index) => ['fox 1', index]),
	);
	expect(bench.simulator.generations).toHaveLength(5);
});

it('when the simulator dies in the middle of twenty items, the images it made are named', async () => {
	bench = await openWorkbench();
	const isLater = ({ body }: { body?: unknown }) =>
		Number(/\d+/.exec((body as { prompt: string }).prompt)?.[0]) >= 6;
	bench.simulator.fault({ stall: 'before-headers', times: Infinity, when: isLater });
	const running = bench.step(
		{ prompt, options: { download: false }, executionOptions: { giveUpAfter: 0 } },
		{ items: items(20) },
	);
	// Three at once, so the ninth is sent when the answers of the first six have come.
	await until(() => bench.simulator.generations.length === 9);
	const made = bench.simulator.generations.flatMap(({ images }) => images ?? []);
	await bench.simulator.close();
	const { status, error } = await running;
	expect(status).toBe('error');
	expect(made).toHaveLength(6);
	const { images } = error?.context.data as { images: Array<{ url: string }> };
	expect(images.map(({ url }) => url).sort()).toEqual(made.sort());
});

/**
 * Repeating a request that may have been served can cost another image each time. Whoever builds the
 * workflow decides on that, never the data that it works on.
 */
describe('Nothing is billed twice unasked', () => {
	beforeEach(async () => {
		bench = await openWorkbench();
		bench.simulator.fault({ ...failures.timeout, times: Infinity });
	});

	async function run(executionOptions: INodeParameters | string) {
		const parameters = { prompt: 'a fox', executionOptions };
		const items = [{ json: { retry: true, options: { retryOnTimeout: true } } }];
		const { result } = await inVirtualTime(
			bench.simulator,
			async () => await bench.step(parameters, { items }),
		);
		return result;
	}

	it.each<[string, INodeParameters]>([
		['an expression', { retryOnTimeout: '={{ $json.retry }}' }],
		[
			'a value that the model of an agent fills in',
			{ retryOnTimeout: '={{ $fromAI("retry", "", "boolean", true) }}' },
		],
	])("'Retry on Timeout' is refused as %s", async (_name, executionOptions) => {
		const { error } = await run(executionOptions);

		expect(error?.message).toBe("'Retry on Timeout' must be turned on or off by hand");
		expect(error?.description).toContain('can cost another image');
		expect(bench.simulator.requests).toEqual([]);
	});

	it.each<[string, INodeParameters | string, number]>([
		['turned on', { retryOnTimeout: true }, 4],
		['stored as text', { retryOnTimeout: 'true' }, 4],
		['turned off', { retryOnTimeout: false }, 1],
		['not added', {}, 1],
		['in an expression for all of Execution Options, which n8n drops', '={{ $json.options }}', 1],
	])("'Retry on Timeout' %s", async (_name, executionOptions, requests) => {
		const { error } = await run(executionOptions);

		expect(error?.httpCode).toBe('504');
		expect(bench.simulator.generations).toHaveLength(requests);
	});
});
