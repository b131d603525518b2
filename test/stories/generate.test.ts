/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INodeParameters } from 'n8n-workflow';
import { OPERATION_NAMES } from '../../nodes/SiliconFlowImage/contract/operations';
import { openWorkbench, type Outcome, type Workbench } from '../support/workbench';

let bench: Workbench;
beforeAll(async () => {
	bench = await openWorkbench();
});
afterEach(() => bench.simulator.reset());
afterAll(async () => await bench.close());

const bodies = () => bench.simulator.generations.map(({ body }) => body);

describe('A person sets a prompt', () => {
	it('and the next step receives the image as binary data', async () => {
		const { status, error, items } = await bench.step({ prompt: 'a red fox' });

		expect(error).toBeUndefined();
		expect(status).toBe('success');
		expect(items).toEqual([
			{
				json: {
					model: 'Kwai-Kolors/Kolors',
					prompt: 'a red fox',
					seed: expect.any(Number),
					index: 0,
					width: 1024,
					height: 1024,
					inferenceSeconds: expect.any(Number),
					traceId: bench.simulator.generations[0].traceId,
					urlExpiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
					url: bench.simulator.generations[0].images?.[0],
				},
				binary: {
					data: expect.objectContaining({
						mimeType: 'image/png',
						fileType: 'image',
						fileExtension: 'png',
						fileName: 'image.png',
						data: 'filesystem-v2',
					}),
				},
				pairedItem: { item: 0 },
			},
		]);
		const bytes = await bench.engine.bytesOf(items[0]);
		expect(bytes.subarray(1, 4).toString()).toBe('PNG');
		expect(bodies()).toStrictEqual([
			{ model: 'Kwai-Kolors/Kolors', prompt: 'a red fox', image_size: '1024x1024' },
		]);
	});

	it('and sees what matters first, and the long link last', async () => {
		const { items } = await bench.step({ prompt: 'a red fox', imageSize: '960x1280' });
		expect(Object.keys(items[0].json)).toStrictEqual([
			'model',
			'prompt',
			'seed',
			'index',
			'width',
			'height',
			'inferenceSeconds',
			'traceId',
			'urlExpiresAt',
			'url',
		]);
		expect(items[0].json).toMatchObject({ width: 960, height: 1280 });
	});

	it('and the output says that the link expires in an hour', async () => {
		const before = Date.now();
		const { items } = await bench.step({ prompt: 'a red fox' });
		const left = Date.parse(items[0].json.urlExpiresAt as string) - before;
		// The signature counts in whole seconds.
		expect(left).toBeGreaterThan(3_598_000);
		expect(left).toBeLessThan(3_610_000);
	});

	it('for each of several items, and every image is paired with its item', async () => {
		const { items } = await bench.step(
			{ prompt: '={{ $json.animal }} on a hill' },
			{ items: ['fox', 'owl', 'bee'].map((animal) => ({ json: { animal } })) },
		);
		expect(items.map(({ json, pairedItem }) => [json.prompt, pairedItem])).toEqual([
			['fox on a hill', { item: 0 }],
			['owl on a hill', { item: 1 }],
			['bee on a hill', { item: 2 }],
		]);
	});
});

describe('A person wants several images from one prompt', () => {
	it('and gets an item for each, numbered in order, with numbered file names', async () => {
		const { items } = await bench.step({
			prompt: 'a red fox',
			numberOfImages: 3,
			options: { fileName: 'fox.jpeg', binaryPropertyOutput: 'image' },
		});
		expect(items.map(({ json }) => json.index)).toEqual([0, 1, 2]);
		expect(items.map(({ binary }) => binary!.image.fileName)).toEqual([
			'fox-1.png',
			'fox-2.png',
			'fox-3.png',
		]);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual(Array(3).fill({ item: 0 }));
		const images = await Promise.all(
			items.map(async (item) => await bench.engine.bytesOf(item, 'image')),
		);
		expect(new Set(images.map((bytes) => bytes.toString('base64'))).size).toBe(3);
	});
});

describe('A person uploads the files of a run, so each needs a name of its own', () => {
	const animals = ['fox', 'owl', 'bee'].map((animal) => ({ json: { animal } }));
	const run = async (parameters: INodeParameters) =>
		await bench.step({ prompt: '={{ $json.animal }}', ...parameters }, { items: animals });
	const names = ({ items }: Outcome) => items.map(({ binary }) => binary?.data.fileName);

	it('and they are numbered across the items, in their order, whichever comes first', async () => {
		const isFirst = ({ body }: { body?: unknown }) =>
			(body as { prompt?: string } | undefined)?.prompt === 'fox';
		bench.simulator.fault({ delayMs: 300, when: isFirst });
		const outcome = await run({ numberOfImages: 2 });

		expect(names(outcome)).toEqual([1, 2, 3, 4, 5, 6].map((number) => `image-${number}.png`));
		expect(outcome.items.map(({ json }) => [json.prompt, json.index])).toEqual(
			['fox', 'owl', 'bee'].flatMap((prompt) => [0, 1].map((index) => [prompt, index])),
		);
	});

	it('and names of their own stay as they are', async () => {
		const outcome = await run({ options: { fileName: '={{ $json.animal }}' } });
		expect(names(outcome)).toEqual(['fox.png', 'owl.png', 'bee.png']);
	});

	it('and one name for all is numbered', async () => {
		const outcome = await run({ options: { fileName: 'animal' } });
		expect(names(outcome)).toEqual(['animal-1.png', 'animal-2.png', 'animal-3.png']);
	});

	it('and a number does not change because another image fails', async () => {
		bench.simulator.fault({ on: 'image', status: 410, body: '' });
		const { items } = await bench.step(
			{ prompt: '={{ $json.animal }}', executionOptions: { concurrency: 1 } },
			{ items: animals, onError: 'continueRegularOutput' },
		);
		expect(items.map(({ binary }) => binary?.data.fileName)).toEqual([
			undefined,
			'image-2.png',
			'image-3.png',
		]);
	});
});

describe('A person wants the links only', () => {
	it('and nothing is downloaded', async () => {
		const { items } = await bench.step({ prompt: 'a red fox', options: { download: false } });
		expect(items[0].binary).toBeUndefined();
		expect(items[0].json.url).toMatch(/^http/);
		// Without the image they are not known; the service may make another size than it was asked for.
		expect(items[0].json).not.toHaveProperty('width');
		expect(items[0].json).not.toHaveProperty('height');
		expect(bench.simulator.images).toHaveLength(0);
	});
});

describe('A person turns the watermark off', () => {
	it('and the header for that is sent; otherwise it is not', async () => {
		await bench.step({ prompt: 'a red fox' });
		await bench.step({ prompt: 'a red fox', options: { watermark: true } });
		await bench.step({ prompt: 'a red fox', options: { watermark: false } });
		const sent = bench.simulator.generations.map(({ headers }) => headers['x-enable-watermark']);
		expect(sent).toEqual([undefined, undefined, '0']);
	});
});

describe('A person uses a model that this node does not know', () => {
	const model = { __rl: true, mode: 'id', value: 'Acme/Tomorrow-1' };

	it('and only what was set is sent', async () => {
		await bench.step({ model, prompt: 'a red fox' });
		expect(bodies()).toStrictEqual([{ model: 'Acme/Tomorrow-1', prompt: 'a red fox' }]);
	});

	it('and additional body fields reach the service, but do not override the fields of the node', async () => {
		const { hints } = await bench.step({
			model,
			prompt: 'a red fox',
			imageSize: '768x512',
			options: {
				seed: 7,
				additionalBodyFields: '{"style":{"name":"ink"},"seed":99,"prompt":"something else"}',
			},
		});
		expect(bodies()).toStrictEqual([
			{
				model: 'Acme/Tomorrow-1',
				prompt: 'a red fox',
				image_size: '768x512',
				seed: 7,
				style: { name: 'ink' },
			},
		]);
		expect(hints.map(({ message }) => message)).toEqual([
			"'Additional Body Fields' sets seed, prompt, which this node also sets; the value of the node was sent",
		]);
	});

	it('and names that every object has are sent like any other, without a hint', async () => {
		const more = '{"constructor":1,"toString":2,"__proto__":3}';
		const { hints } = await bench.step({
			model,
			prompt: 'a red fox',
			options: { additionalBodyFields: more },
		});

		expect(JSON.stringify(bodies()[0])).toBe(
			`${more.slice(0, -1)},"model":"Acme/Tomorrow-1","prompt":"a red fox"}`,
		);
		expect(hints).toEqual([]);
	});
});

describe('A person sets the model by an expression', () => {
	it('and a value the model does not take is left out, with a hint', async () => {
		const { hints } = await bench.step({
			model: '={{ "Tongyi-MAI/" + "Z-Image-Turbo" }}',
			prompt: 'a red fox',
			options: { numInferenceSteps: 30, negativePrompt: 'blur' },
		});
		expect(bodies()).toStrictEqual([
			{
				model: 'Tongyi-MAI/Z-Image-Turbo',
				prompt: 'a red fox',
				image_size: '1024x1024',
				negative_prompt: 'blur',
			},
		]);
		expect(hints).toEqual([
			{
				message: "Tongyi-MAI/Z-Image-Turbo does not take 'Steps', so it was left out",
				location: 'outputPane',
			},
		]);
	});

	it('and numbers in text form count as numbers', async () => {
		await bench.step(
			{
				prompt: 'a red fox',
				numberOfImages: '={{ $json.n }}',
				options: { seed: '={{ $json.seed }}', guidanceScale: '={{ $json.empty }}' },
			},
			{ items: [{ json: { n: '2', seed: '0', empty: '' } }] },
		);
		expect(bodies()).toStrictEqual([
			{
				model: 'Kwai-Kolors/Kolors',
				prompt: 'a red fox',
				image_size: '1024x1024',
				batch_size: 2,
				seed: 0,
			},
		]);
	});
});

describe('The editor previews the output of a step before it has run', () => {
	const VERSION = join(__dirname, '..', '..', 'nodes', 'SiliconFlowImage', '__schema__', 'v1.0.0');
	/** n8n looks for a preview under the resource, then the operation. */
	const SCHEMAS = join(VERSION, 'image');
	const image = { source: 'url', url: 'https://images.example/cat.png' };

	it.each(OPERATION_NAMES)('%s outputs what its preview shows', async (operation) => {
		// An operation that takes no images does not look at them.
		const step = { operation, prompt: 'a fox', images: { image: [image] } };
		const { items, error } = await bench.step(step);

		expect(error).toBeUndefined();
		const schema = JSON.parse(readFileSync(join(SCHEMAS, `${operation}.json`), 'utf8')) as {
			type: string;
			properties: Record<string, { type: string }>;
		};
		const types = Object.entries(items[0].json).map(([key, value]) => [key, typeof value]);
		const previewed = Object.entries(schema.properties).map(([key, { type }]) => [key, type]);
		expect(previewed).toStrictEqual(types);
		expect(schema.type).toBe('object');
	});

	it('Every operation has a preview, and there are no others', () => {
		expect(readdirSync(VERSION)).toStrictEqual(['image']);
		expect(readdirSync(SCHEMAS).sort()).toStrictEqual(
			OPERATION_NAMES.map((name) => `${name}.json`).sort(),
		);
	});
});
