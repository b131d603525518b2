import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { openWorkbench, type Workbench } from '../support/workbench';

/** Number of Images: which requests are sent, with which seeds, and what comes out in which order. */

const HIGHEST_SEED = 9999999999;
const KOLORS = { model: 'Kwai-Kolors/Kolors', prompt: 'a fox', image_size: '1024x1024' };
const QWEN = { model: 'Qwen/Qwen-Image', prompt: 'a fox', image_size: '1328x1328' };

let honouring: Workbench;
/** On the China site, Qwen-Image makes one image per request. */
let china: Workbench;
let ignoring: Workbench;
let refusing: Workbench;
beforeAll(async () => {
	honouring = await openWorkbench();
	china = await openWorkbench({ simulator: { site: 'cn' } });
	ignoring = await openWorkbench({ simulator: { batchSize: 'ignored' } });
	refusing = await openWorkbench({ simulator: { batchSize: 'refused' } });
});
const benches = () => [honouring, china, ignoring, refusing];
afterEach(() => benches().forEach(({ simulator }) => simulator.reset()));
afterAll(async () => {
	for (const bench of benches()) await bench.close();
});

/** One request at a time, so that requests arrive in order. */
async function ask(bench: Workbench, parameters: INodeParameters, options: INodeParameters = {}) {
	const { error, items } = await bench.step({
		prompt: 'a fox',
		executionOptions: { concurrency: 1 },
		options: { ...options, download: false },
		...parameters,
	});
	expect(error).toBeUndefined();
	return { bodies: bench.simulator.generations.map(({ body }) => body), items };
}

/** The expected output items for the images of these requests. */
function itemsOf(bench: Workbench, requestOfImage: number[], model = KOLORS.model) {
	const taken = new Map<number, number>();
	return requestOfImage.map((k, index): INodeExecutionData => {
		const { body, images, traceId } = bench.simulator.generations[k];
		const nth = taken.get(k) ?? 0;
		taken.set(k, nth + 1);
		return {
			json: {
				model,
				prompt: 'a fox',
				seed: (body as { seed?: number }).seed ?? (expect.any(Number) as unknown as number),
				index,
				url: images?.[nth],
				urlExpiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as unknown as string,
				inferenceSeconds: expect.any(Number) as unknown as number,
				traceId,
			},
			pairedItem: { item: 0 },
		};
	});
}

describe('Kolors makes several images per request', () => {
	it.each([
		[2, [{ ...KOLORS, batch_size: 2, seed: 42 }], [0, 0]],
		[4, [{ ...KOLORS, batch_size: 4, seed: 42 }], [0, 0, 0, 0]],
		[
			5,
			[
				{ ...KOLORS, batch_size: 4, seed: 42 },
				{ ...KOLORS, seed: 46 },
			],
			[0, 0, 0, 0, 1],
		],
		[
			9,
			[
				{ ...KOLORS, batch_size: 4, seed: 42 },
				{ ...KOLORS, batch_size: 4, seed: 46 },
				{ ...KOLORS, seed: 50 },
			],
			[0, 0, 0, 0, 1, 1, 1, 1, 2],
		],
	])('%i images', async (numberOfImages, expected, requestOfImage) => {
		const { bodies, items } = await ask(honouring, { numberOfImages }, { seed: 42 });

		expect(bodies).toStrictEqual(expected);
		expect(items).toStrictEqual(itemsOf(honouring, requestOfImage));
		expect(honouring.simulator.imagesMade).toBe(numberOfImages);
	});

	it('sends no seed if none is set', async () => {
		const { bodies } = await ask(honouring, { numberOfImages: 5 });

		expect(bodies).toStrictEqual([{ ...KOLORS, batch_size: 4 }, KOLORS]);
	});
});

describe('A model without batch_size', () => {
	it('gets one request for each image', async () => {
		const parameters = { model: QWEN.model, numberOfImages: 3 };
		const { bodies, items } = await ask(china, parameters, { seed: 7 });

		expect(bodies).toStrictEqual([
			{ ...QWEN, seed: 7 },
			{ ...QWEN, seed: 8 },
			{ ...QWEN, seed: 9 },
		]);
		expect(items).toStrictEqual(itemsOf(china, [0, 1, 2], QWEN.model));
	});
});

describe('A service that ignores batch_size', () => {
	it('is asked again for the images that are missing', async () => {
		const { bodies, items } = await ask(ignoring, { numberOfImages: 4 }, { seed: 42 });

		expect(bodies).toStrictEqual([
			{ ...KOLORS, batch_size: 4, seed: 42 },
			{ ...KOLORS, seed: 43 },
			{ ...KOLORS, seed: 44 },
			{ ...KOLORS, seed: 45 },
		]);
		expect(items).toStrictEqual(itemsOf(ignoring, [0, 1, 2, 3]));
		expect(ignoring.simulator.imagesMade).toBe(4);
	});

	it('never makes more images than requested, whatever the timing', async () => {
		const parameters = { numberOfImages: 5, executionOptions: { concurrency: 5 } };
		const { bodies, items } = await ask(ignoring, parameters, { seed: 42 });

		const seeds = bodies.map((body) => (body as { seed: number }).seed).sort();
		expect(seeds).toStrictEqual([42, 43, 44, 45, 46]);
		expect(items.map(({ json }) => json.index)).toStrictEqual([0, 1, 2, 3, 4]);
		expect(ignoring.simulator.imagesMade).toBe(5);
	});
});

describe('A service that refuses batch_size', () => {
	it('gets one request for each image', async () => {
		const { bodies, items } = await ask(refusing, { numberOfImages: 3 });

		expect(bodies).toStrictEqual([{ ...KOLORS, batch_size: 3 }, KOLORS, KOLORS, KOLORS]);
		expect(items).toStrictEqual(itemsOf(refusing, [1, 2, 3]));
		expect(refusing.simulator.imagesMade).toBe(3);
	});

	it('makes images with the given seed and the ones after it', async () => {
		const { items } = await ask(refusing, { numberOfImages: 3 }, { seed: 42 });

		expect(items.map(({ json }) => json.seed)).toStrictEqual([42, 43, 44]);
	});
});

describe('Seeds at the limits', () => {
	it('0 is a seed like any other', async () => {
		const parameters = { model: QWEN.model, numberOfImages: 2 };
		const { bodies } = await ask(china, parameters, { seed: 0 });

		expect(bodies).toStrictEqual([
			{ ...QWEN, seed: 0 },
			{ ...QWEN, seed: 1 },
		]);
	});

	it('the highest seed is followed by 0', async () => {
		const parameters = { model: QWEN.model, numberOfImages: 3 };
		const { bodies } = await ask(china, parameters, { seed: HIGHEST_SEED - 1 });

		expect(bodies).toStrictEqual([
			{ ...QWEN, seed: HIGHEST_SEED - 1 },
			{ ...QWEN, seed: HIGHEST_SEED },
			{ ...QWEN, seed: 0 },
		]);
	});
});
