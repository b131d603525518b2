import type { INodeParameters } from 'n8n-workflow';
import { openWorkbench, type Workbench } from '../support/workbench';

/** Image Size, Width and Height, as they are chosen and as they are left from another model. */

const KOLORS = 'Kwai-Kolors/Kolors';
const SCHNELL = 'black-forest-labs/FLUX.1-schnell';

let bench: Workbench;
beforeAll(async () => {
	bench = await openWorkbench();
});
afterEach(() => bench.simulator.reset());
afterAll(async () => await bench.close());

const step = async (parameters: INodeParameters) =>
	await bench.step({ prompt: 'a red fox', ...parameters });
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

it('another size in any spelling is sent, and the hint names it as it is sent', async () => {
	const { hints } = await step({ imageSize: '={{ "1000 X 600" }}' });

	expect(sizes()).toStrictEqual(['1000x600']);
	expect(hints.map(({ message }) => message)).toStrictEqual([
		`'Image Size': 1000x600 is not one of the sizes recommended for ${KOLORS} (1024x1024, 960x1280, 768x1024, 720x1440, 720x1280); it was sent anyway`,
	]);
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
