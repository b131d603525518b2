import type { INodeParameters } from 'n8n-workflow';
import { dataUrlOf, testImage } from '../../harness/engine/testImages';
import { openWorkbench, type Workbench } from '../support/workbench';

const KOLORS = 'Kwai-Kolors/Kolors';
const EDIT = 'Qwen/Qwen-Image-Edit';
const EDIT_2509 = 'Qwen/Qwen-Image-Edit-2509';

describe.each(['filesystem', 'default'] as const)('With binary data in %s mode', (binaryMode) => {
	let bench: Workbench;
	beforeAll(async () => {
		bench = await openWorkbench({ binaryMode });
	});
	afterEach(() => bench.simulator.reset());
	afterAll(async () => await bench.close());

	const body = (n = 0) => bench.simulator.generations[n].body as Record<string, string>;
	const edit = (images: INodeParameters[], model = EDIT_2509): INodeParameters => ({
		operation: 'edit',
		model,
		prompt: 'put them together',
		images: { image: images },
	});
	const binary = (binaryPropertyName: string) => ({ source: 'binary', binaryPropertyName });

	it('an image is generated and then edited', async () => {
		const { error, items } = await bench.chain([
			{ prompt: 'a red fox' },
			{ operation: 'edit', model: EDIT, prompt: 'make it blue' },
		]);
		expect(error).toBeUndefined();
		const [generated] = bench.simulator.images;
		expect(body(1)).toStrictEqual({
			model: EDIT,
			prompt: 'make it blue',
			image: expect.stringMatching(/^data:image\/png;base64,iVBOR/),
		});
		expect(Buffer.from(body(1).image.split(',')[1], 'base64').length).toBeGreaterThan(10_000);
		expect(generated.status).toBe(200);
		expect(items[0].json.model).toBe(EDIT);
		expect((await bench.engine.bytesOf(items[0])).subarray(1, 4).toString()).toBe('PNG');
	});

	it('Kolors edits too, with a size', async () => {
		const png = testImage('png');
		await bench.step(
			{ operation: 'edit', model: KOLORS, prompt: 'make it blue', imageSize: '960x1280' },
			{ items: [{ files: { data: { bytes: png } } }] },
		);
		expect(body()).toStrictEqual({
			model: KOLORS,
			prompt: 'make it blue',
			image_size: '960x1280',
			image: dataUrlOf(png),
		});
	});

	it('three images, one from each source, keep their order', async () => {
		const [png, jpeg] = [testImage('png'), testImage('jpeg')];
		const url = 'https://images.example.com/cat%2Fone.png?a=1+2';
		await bench.step(
			edit([binary('photo'), { source: 'url', url }, { source: 'base64', base64: dataUrlOf(png) }]),
			// The name has the wrong extension; the bytes decide.
			{ items: [{ files: { photo: { bytes: jpeg, name: 'photo.png' } } }] },
		);
		expect(body()).toStrictEqual({
			model: EDIT_2509,
			prompt: 'put them together',
			image: dataUrlOf(jpeg, 'jpeg'),
			image2: url,
			image3: dataUrlOf(png),
		});
	});

	it('one field may name several binary fields', async () => {
		const files = { a: { bytes: testImage('png') }, b: { bytes: testImage('jpeg') } };
		await bench.step(edit([binary('a, b')]), { items: [{ files }] });
		expect(Object.keys(body())).toEqual(['model', 'prompt', 'image', 'image2']);
		expect(body().image2).toBe(dataUrlOf(files.b.bytes, 'jpeg'));
	});

	it('base64 may have line breaks, no data URL prefix, or the URL-safe alphabet', async () => {
		const [png, second, third] = [0, 1, 2].map((seed) => testImage('png', seed));
		const lines = png.toString('base64').replace(/(.{76})/g, '$1\n');
		await bench.step(
			edit([
				{ source: 'base64', base64: lines },
				{ source: 'base64', base64: second.toString('base64url') },
				{ source: 'url', url: dataUrlOf(third) },
			]),
		);
		expect([body().image, body().image2].map((text) => text.replace(/=+$/, ''))).toEqual(
			[png, second].map((bytes) => dataUrlOf(bytes).replace(/=+$/, '')),
		);
		expect(body().image3).toBe(dataUrlOf(third));
	});

	it('each item edits its own image', async () => {
		const images = [testImage('png', 1), testImage('png', 2), testImage('png', 3)];
		const { items } = await bench.step(edit([binary('data')], EDIT), {
			items: images.map((bytes) => ({ files: { data: { bytes } } })),
		});
		const sent = bench.simulator.generations.map(
			(request) => (request.body as { image: string }).image,
		);
		expect(new Set(sent)).toEqual(new Set(images.map((bytes) => dataUrlOf(bytes))));
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([0, 1, 2].map((item) => ({ item })));
	});
});
