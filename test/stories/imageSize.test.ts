import type { INodeParameters } from 'n8n-workflow';
import { testImage } from '../../harness/engine/testImages';
import { openWorkbench, type Workbench } from '../support/workbench';

/** Image Size, Width and Height, as they are chosen and as they are left from another model. */

const KOLORS = 'Kwai-Kolors/Kolors';
const QWEN = 'Qwen/Qwen-Image';
const SCHNELL = 'black-forest-labs/FLUX.1-schnell';
const OF_KOLORS = '1024x1024, 960x1280, 768x1024, 720x1440, 720x1280';

let bench: Workbench;
beforeAll(async () => {
	bench = await openWorkbench();
});
afterEach(() => bench.simulator.reset());
afterAll(async () => await bench.close());

const step = async (parameters: INodeParameters) =>
	await bench.step({ prompt: 'a red fox', ...parameters });
const notRecommended = (size: string) =>
	`'Image Size': ${size} is not one of the sizes recommended for ${KOLORS} (${OF_KOLORS}); it was sent anyway`;
const sizes = () =>
	bench.simulator.generations.map(({ body }) => (body as { image_size: string }).image_size);

describe('A recommended size is understood, without a hint', () => {
	it.each([
		'768x1024',
		'768X1024',
		'768 x 1024',
		'768×1024',
		'768 × 1024',
		'768*1024',
		'768x1024 ',
		' 768x1024\n',
		' 768  X 1024 ',
	])('%j', async (size) => {
		const { error, hints } = await step({ imageSize: `={{ ${JSON.stringify(size)} }}` });

		expect(error).toBeUndefined();
		expect(sizes()).toStrictEqual(['768x1024']);
		expect(hints).toStrictEqual([]);
	});

	it('for a model that takes listed sizes only, too', async () => {
		await step({ model: SCHNELL, imageSize: '={{ "768 X 512 " }}' });

		expect(sizes()).toStrictEqual(['768x512']);
	});
});

it.each([
	['Model Default', '1024x1024'],
	['MODELDEFAULT', '1024x1024'],
	['Custom', '640x480'],
])('an entry of the list is understood by its name, too: %s', async (name, size) => {
	await step({ imageSize: `={{ "${name}" }}`, width: 640, height: 480 });

	expect(sizes()).toStrictEqual([size]);
});

it('another size in any spelling is sent, and the hint names it as it is sent', async () => {
	const { hints } = await step({ imageSize: '={{ "1000 X 600" }}' });

	expect(sizes()).toStrictEqual(['1000x600']);
	expect(hints.map(({ message }) => message)).toStrictEqual([notRecommended('1000x600')]);
});

describe('A fixed size that is kept from another model, which the panel shows in red,', () => {
	it.each([
		['1328x1328', KOLORS, OF_KOLORS, "For another size, choose 'Custom'. "],
		['16:9', KOLORS, OF_KOLORS, "For another size, choose 'Custom'. "],
		['constructor', KOLORS, OF_KOLORS, "For another size, choose 'Custom'. "],
		['1664x928', SCHNELL, '1024x1024, 512x1024, 768x512, 768x1024, 1024x576, 576x1024', ''],
	])('is refused before anything is sent: %s for %s', async (imageSize, model, list, custom) => {
		const items = [{ json: {} }, { json: {} }];
		const { error } = await bench.step({ prompt: 'a fox', model, imageSize }, { items });

		expect(error?.message).toBe(`'Image Size' must be one of ${list}, but is ${imageSize}`);
		expect(error?.description).toBe(
			`Model: ${model}. Choose one of its sizes from the list. ${custom}Nothing was sent.`,
		);
		expect(error?.context.itemIndex).toBe(0);
		expect(bench.simulator.requests).toEqual([]);
	});

	it.each([
		['by its ID', { __rl: true, mode: 'id', value: KOLORS }],
		['from the list', { __rl: true, mode: 'list', value: KOLORS, cachedResultName: 'Kolors' }],
	])('is refused for a model %s', async (_how, model) => {
		const { error } = await step({ model, imageSize: '1328x1328' });

		expect(error?.message).toContain('but is 1328x1328');
		expect(bench.simulator.requests).toEqual([]);
	});

	it.each([
		['is an expression', { imageSize: '={{ "1328x1328" }}' }],
		['is for a model by expression', { model: `={{ "${KOLORS}" }}`, imageSize: '1328x1328' }],
	])('is sent with a hint where it %s', async (_where, parameters) => {
		const { hints } = await step(parameters);

		expect(sizes()).toStrictEqual(['1328x1328']);
		expect(hints.map(({ message }) => message)).toStrictEqual([notRecommended('1328x1328')]);
	});

	it('is sent for a model that is not in the table', async () => {
		const { hints } = await step({
			model: { __rl: true, mode: 'id', value: 'Acme/Tomorrow-1' },
			imageSize: '1328x1328',
		});

		expect(sizes()).toStrictEqual(['1328x1328']);
		expect(hints).toStrictEqual([]);
	});

	it('is left out with a word for a model by expression that takes none', async () => {
		const model = 'Qwen/Qwen-Image-Edit';
		const { hints } = await bench.step(
			{ operation: 'edit', model: `={{ "${model}" }}`, prompt: 'a', imageSize: '1328x1328' },
			{ items: [{ files: { data: { bytes: testImage('png') } } }] },
		);

		expect(bench.simulator.generations[0].body).not.toHaveProperty('image_size');
		expect(hints.map(({ message }) => message)).toStrictEqual([
			`${model} does not take 'Image Size', so it was left out`,
		]);
	});
});

describe('A ratio from an expression', () => {
	it.each([
		['16:9', QWEN, '1664x928'],
		['16 : 9', QWEN, '1664x928'],
		[' 9:16\n', QWEN, '928x1664'],
		['4:3', QWEN, '1472x1140'],
		['1.5:1', QWEN, '1584x1056'],
		['1920:1080', QWEN, '1664x928'],
		['2:2', QWEN, '1328x1328'],
		// Kolors recommends upright sizes only, so one of them is turned.
		['9:16', KOLORS, '720x1280'],
		['16:9', KOLORS, '1280x720'],
		['2:1', KOLORS, '1440x720'],
	])('is the recommended size of that ratio: %j for %s is %s', async (ratio, model, size) => {
		const { error, hints } = await step({ model, imageSize: `={{ ${JSON.stringify(ratio)} }}` });

		expect(error).toBeUndefined();
		expect(sizes()).toStrictEqual([size]);
		expect(hints).toStrictEqual([]);
	});

	it.each([
		['21:9', QWEN, '1:1, 16:9, 9:16, 4:3, 3:4, 3:2, 2:3', '1328x1328'],
		['5:4', KOLORS, '1:1, 3:4, 1:2, 9:16, 4:3, 2:1, 16:9', '1024x1024'],
		// The service takes no turned size here.
		['2:1', SCHNELL, '1:1, 1:2, 3:2, 3:4, 16:9, 9:16', '1024x1024'],
	])('that the model has no size of is refused: %s for %s', async (ratio, model, ratios, size) => {
		const { error } = await step({ model, imageSize: `={{ "${ratio}" }}` });

		expect(error?.message).toBe(`'Image Size': ${model} has no size with the ratio ${ratio}`);
		expect(error?.description).toBe(
			`It has these ratios: ${ratios}. Enter one of them, or a width and a height such as ${size}. Nothing was sent.`,
		);
		expect(bench.simulator.requests).toEqual([]);
	});

	it('says nothing for a model without known sizes, so an example is given', async () => {
		const model = { __rl: true, mode: 'id', value: 'Acme/Tomorrow-1' };
		const { error } = await step({ model, imageSize: '={{ "16:9" }}' });

		expect(error?.message).toBe(
			"'Image Size' must be a width and a height in pixels, such as 1024x1024, but is 16:9",
		);
	});

	it.each(['0:1', '1:0', '16:', ':9', '16:9:1', '-16:9', '16/9', 'landscape'])(
		'is no other text: %s',
		async (text) => {
			const { error } = await step({ imageSize: `={{ "${text}" }}` });

			expect(error?.message).toContain("'Image Size' must be a width and a height in pixels");
			expect(bench.simulator.requests).toEqual([]);
		},
	);
});

describe('A custom size', () => {
	it.each([
		[{ width: 640, height: 480 }, '640x480'],
		[{ width: '={{ "640" }}', height: '={{ " 480 " }}' }, '640x480'],
		[{}, '1024x1024'],
	])('is sent as it was chosen: %j', async (sides, expected) => {
		await step({ imageSize: 'custom', ...sides });

		expect(sizes()).toStrictEqual([expected]);
	});

	it.each([
		[{ width: 1001, height: 777 }, [notRecommended('1001x777')]],
		[{ width: 1024, height: 16 }, [notRecommended('1024x16')]],
		[{ width: 768, height: 1024 }, []],
	])('says whether it is recommended: %j', async (sides, expected) => {
		const { hints } = await step({ imageSize: 'custom', ...sides });

		expect(hints.map(({ message }) => message)).toStrictEqual(expected);
	});

	it.each([
		['FLUX.1-schnell', '1024x1024, 512x1024, 768x512, 768x1024, 1024x576, 576x1024'],
		['FLUX.2-pro', '512x512, 768x1024, 1024x768, 576x1024, 1024x576'],
	])('that is left for %s, which takes listed sizes only, is refused', async (name, list) => {
		const { error } = await step({
			model: `black-forest-labs/${name}`,
			imageSize: 'custom',
			width: 640,
			height: 480,
		});

		expect(error?.message).toBe(`'Image Size' must be one of ${list}, but is Custom`);
		expect(error?.description).toContain('Nothing was sent.');
		expect(bench.simulator.requests).toEqual([]);
	});

	it('for such a model by expression is what was chosen, and is looked at', async () => {
		const parameters = { model: `={{ "${SCHNELL}" }}`, imageSize: 'custom', height: 512 };
		await step({ ...parameters, width: 768 });
		expect(sizes()).toStrictEqual(['768x512']);

		const { error } = await step({ ...parameters, width: 640 });
		expect(error?.message).toContain('but is 640x512');
		expect(bench.simulator.generations).toHaveLength(1);
	});

	it.each([
		[{ width: '={{ $json.width }}' }, 'but is Custom without a width'],
		[{ height: '={{ "" }}' }, 'but is Custom without a height'],
		[{ width: '={{ null }}', height: '={{ "" }}' }, 'but is Custom'],
	])('with nothing from an expression is refused: %j', async (sides, words) => {
		const { error } = await step({ imageSize: 'custom', ...sides });

		expect(error?.message).toContain("'Image Size' must be a width and a height in pixels");
		expect(error?.message).toMatch(new RegExp(`${words}$`));
		expect(bench.simulator.requests).toEqual([]);
	});
});

describe('An image of another size than was chosen', () => {
	/** The service answers with an image that it made for somebody else. */
	async function answerWith(imageSize: string): Promise<void> {
		const { items } = await step({ imageSize, options: { download: false } });
		const body = { images: [{ url: items[0].json.url }], seed: 1 };
		bench.simulator.fault({ status: 200, body, times: 2 });
	}

	it('comes out, and a hint says so once', async () => {
		await answerWith('768x1024');
		const { items, hints } = await step({ imageSize: '960x1280', numberOfImages: 2 });

		expect(items.map(({ json }) => [json.width, json.height])).toStrictEqual([
			[768, 1024],
			[768, 1024],
		]);
		expect(hints.map(({ message }) => message)).toStrictEqual([
			"'Image Size' was 960x1280, but SiliconFlow made an image of 768x1024",
		]);
	});

	it.each([
		['the model decides', { model: `={{ "${KOLORS}" }}`, imageSize: 'modelDefault' }],
		['it was not downloaded', { imageSize: '960x1280', options: { download: false } }],
	])('is nothing to say where %s', async (_where, parameters) => {
		await answerWith('768x1024');
		const { hints } = await step(parameters);

		expect(hints).toStrictEqual([]);
	});

	it('is nothing to say where Aspect Ratio is sent in place of the size', async () => {
		await answerWith('768x1024');
		const { hints } = await step({
			model: 'black-forest-labs/FLUX-1.1-pro-Ultra',
			imageSize: '960x1280',
			options: { aspectRatio: '3:4' },
		});

		expect(hints).toStrictEqual([]);
	});
});
