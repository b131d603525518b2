import { openWorkbench, type Workbench } from '../support/workbench';

/** What people do on the international site. */

let bench: Workbench;
beforeAll(async () => {
	bench = await openWorkbench({ simulator: { site: 'com' } });
});
afterEach(() => bench.simulator.reset());
afterAll(async () => await bench.close());

const ULTRA = 'black-forest-labs/FLUX-1.1-pro-Ultra';
const bodies = () => bench.simulator.generations.map(({ body }) => body);

it('An image is generated, edited by its own link, and comes out in the format asked for', async () => {
	const { error, items } = await bench.chain([
		{ model: 'black-forest-labs/FLUX.2-pro', prompt: 'a red fox' },
		{
			operation: 'edit',
			model: 'black-forest-labs/FLUX.1-Kontext-pro',
			prompt: 'make it blue',
			images: { image: [{ source: 'url', url: '={{ $json.url }}' }] },
			options: { outputFormat: 'jpeg', aspectRatio: '16:9' },
		},
	]);
	expect(error).toBeUndefined();
	expect(bodies()).toStrictEqual([
		{ model: 'black-forest-labs/FLUX.2-pro', prompt: 'a red fox', image_size: '512x512' },
		{
			model: 'black-forest-labs/FLUX.1-Kontext-pro',
			prompt: 'make it blue',
			input_image: expect.stringMatching(/^data:image\/png;base64,iVBOR/),
			aspect_ratio: '16:9',
			output_format: 'jpeg',
		},
	]);
	// The first image is downloaded twice, as output and as input. The link stays the same, byte for byte.
	const [first] = bench.simulator.generations[0].images ?? [];
	const fetched = bench.simulator.images.map(({ url }) => `${bench.simulator.origin}${url}`);
	expect(fetched.filter((url) => url === first)).toHaveLength(2);
	expect(items[0].binary?.data).toMatchObject({ mimeType: 'image/jpeg', fileName: 'image.jpg' });
	expect((await bench.engine.bytesOf(items[0])).subarray(0, 3).toString('hex')).toBe('ffd8ff');
});

describe('A size left over from another model', () => {
	it.each([
		['1328x1328', {}, '1328x1328'],
		// Width and Height are hidden for such a model, so n8n passes neither.
		['custom', { width: 640, height: 480 }, 'Custom'],
	])('is refused by a model with a fixed list of sizes, which is shown (%s)', async (...row) => {
		const [imageSize, sides, given] = row;
		const { status, error } = await bench.step({
			model: 'black-forest-labs/FLUX.2-flex',
			prompt: 'a red fox',
			imageSize,
			...sides,
		});
		expect(status).toBe('error');
		expect(error?.message).toBe(
			`'Image Size' must be one of 512x512, 768x1024, 1024x768, 576x1024, 1024x576, but is ${given}`,
		);
		expect(error?.description).toContain('Nothing was sent.');
		expect(bench.simulator.requests).toEqual([]);
	});

	it('is ignored without a hint if a ratio is set', async () => {
		const { hints } = await bench.step({
			model: ULTRA,
			prompt: 'a red fox',
			imageSize: '1328x1328',
			options: { aspectRatio: '3:2', download: false },
		});
		expect(bodies()).toStrictEqual([{ model: ULTRA, prompt: 'a red fox', aspect_ratio: '3:2' }]);
		expect(hints).toEqual([]);
	});
});

describe('Values that only some models take', () => {
	it('are refused with their range if they are outside it', async () => {
		const { error } = await bench.step({
			model: ULTRA,
			prompt: 'a red fox',
			options: {
				aspectRatio: '22:9',
				safetyTolerance: 7,
				imagePromptStrength: 1.5,
				raw: '={{ "much" }}',
			},
		});
		expect(error?.message).toBe(
			"'Aspect Ratio' must be a ratio such as 16:9, between 9:21 and 21:9, but is 22:9",
		);
		const others = [
			"'Safety Tolerance' must be a whole number from 0 to 6, but is 7",
			"'Raw' must be true or false, but is much",
			"'Image Prompt Strength' must be a number from 0 to 1, but is 1.5",
		];
		for (const other of others) expect(error?.description).toContain(other);
		expect(bench.simulator.requests).toEqual([]);
	});

	it('are left out with a hint if the model does not take them', async () => {
		const { hints } = await bench.step({
			model: '={{ "black-forest-labs/FLUX.1-schnell" }}',
			prompt: 'a red fox',
			imageSize: '512x1024',
			options: { guidanceScale: 3, raw: true, promptEnhancement: true, download: false },
		});
		expect(bodies()).toStrictEqual([
			{
				model: 'black-forest-labs/FLUX.1-schnell',
				prompt: 'a red fox',
				image_size: '512x1024',
				prompt_enhancement: true,
			},
		]);
		expect(hints.map(({ message }) => message)).toEqual(
			['Guidance Scale', 'Raw'].map(
				(label) => `black-forest-labs/FLUX.1-schnell does not take '${label}', so it was left out`,
			),
		);
	});
});

it.each([
	[{ aspectRatio: '={{ " 16 : 9 " }}' }, { aspect_ratio: '16:9' }],
	[{ outputFormat: '={{ "PNG" }}' }, { output_format: 'png' }],
	[{ outputFormat: '={{ " Jpeg " }}' }, { output_format: 'jpeg' }],
])('Other spellings of an expression are understood: %j', async (options, expected) => {
	await bench.step({ model: ULTRA, prompt: 'a red fox', imageSize: '720x1440', options });

	expect(bodies()[0]).toMatchObject(expected);
});

it('A model that cannot edit is refused, and only models of this site are named', async () => {
	const { error } = await bench.step({
		operation: 'edit',
		model: 'Qwen/Qwen-Image',
		prompt: 'make it blue',
	});

	expect(error?.message).toBe("'Model': Qwen/Qwen-Image cannot edit images");
	expect(error?.description).toBe(
		'Models that can: black-forest-labs/FLUX.1-Kontext-max, black-forest-labs/FLUX.1-Kontext-pro, black-forest-labs/FLUX.1-Kontext-dev, black-forest-labs/FLUX-1.1-pro, black-forest-labs/FLUX-1.1-pro-Ultra, Qwen/Qwen-Image-Edit.',
	);
	expect(bench.simulator.requests).toEqual([]);
});

it('The watermark header is sent only when the option is turned off', async () => {
	const step = { model: 'black-forest-labs/FLUX.1-schnell', prompt: 'a red fox' };
	for (const options of [{}, { watermark: true }, { watermark: false }]) {
		await bench.step({ ...step, options: { ...options, download: false } });
	}
	const sent = bench.simulator.generations.map(({ headers }) => headers['x-enable-watermark']);
	expect(sent).toEqual([undefined, undefined, '0']);
	// Only the header tells the service.
	expect(new Set(bodies().map((body) => Object.keys(body as object).join())).size).toBe(1);
});
