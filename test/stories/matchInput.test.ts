/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCanvas } from '@napi-rs/canvas';
import type { INodeParameters } from 'n8n-workflow';
import { openWorkbench, type StepOptions, type Workbench } from '../support/workbench';

/** Match Input Image: an edited image keeps the shape of the one it was made from. */

const KOLORS = 'Kwai-Kolors/Kolors';
const PRO = 'black-forest-labs/FLUX-1.1-pro';

const png = (width: number, height: number) => createCanvas(width, height).toBuffer('image/png');

/** A photo as cameras store it: it lies on its side, and its metadata says how to turn it. */
function turnedJpeg(width: number, height: number): Buffer {
	const jpeg = createCanvas(width, height).encodeSync('jpeg');
	const exif = Buffer.from(
		'ffe10022457869660000' + '4d4d002a00000008' + '0001011200030000000100060000' + '00000000',
		'hex',
	);
	return Buffer.concat([jpeg.subarray(0, 2), exif, jpeg.subarray(2)]);
}

describe('A model with sizes', () => {
	let bench: Workbench;
	beforeAll(async () => {
		bench = await openWorkbench();
	});
	afterEach(() => bench.simulator.reset());
	afterAll(async () => await bench.close());

	const edit = async (parameters: INodeParameters, options?: StepOptions) =>
		await bench.step(
			{
				operation: 'edit',
				model: KOLORS,
				prompt: 'make it blue',
				options: { download: false },
				...parameters,
			},
			options,
		);
	const of = (bytes: Buffer) => ({ items: [{ files: { data: { bytes } } }] });
	const sizes = () =>
		bench.simulator.generations.map(({ body }) => (body as { image_size: string }).image_size);

	it.each([
		[1024, 1024, '1024x1024'],
		[1920, 1080, '1280x720'],
		[160, 90, '1280x720'],
		[1080, 1920, '720x1280'],
		[640, 480, '1280x960'],
		[300, 400, '960x1280'],
		[1000, 500, '1440x720'],
	])('an image of %i x %i is edited as %s, which nobody had to choose', async (...row) => {
		const [width, height, size] = row;
		const { error, hints } = await edit({}, of(png(width, height)));

		expect(error).toBeUndefined();
		expect(sizes()).toStrictEqual([size]);
		expect(hints).toStrictEqual([]);
	});

	it('a photo that lies on its side is seen as people see it', async () => {
		await edit({}, of(turnedJpeg(160, 90)));

		expect(sizes()).toStrictEqual(['720x1280']);
	});

	it('each item has the size of its own image, in each of its requests', async () => {
		const items = [png(160, 90), png(90, 160)].map((bytes) => ({ files: { data: { bytes } } }));
		await edit({ numberOfImages: 5, executionOptions: { concurrency: 1 } }, { items });

		expect(sizes()).toStrictEqual(['1280x720', '1280x720', '720x1280', '720x1280']);
	});

	it('base64 works too', async () => {
		const base64 = png(160, 90).toString('base64');
		await edit({ images: { image: [{ source: 'base64', base64 }] } });

		expect(sizes()).toStrictEqual(['1280x720']);
	});

	it('a shape that the model has no size for is said', async () => {
		const { hints } = await edit({}, of(png(90, 30)));

		expect(sizes()).toStrictEqual(['1440x720']);
		expect(hints.map(({ message }) => message)).toStrictEqual([
			`'Image Size': ${KOLORS} has no size with the shape of an input image, so the nearest was used (1440x720)`,
		]);
	});

	it('an image without a readable header gets the default, and that is said once', async () => {
		// Its header would take a parser of its own.
		const bytes = createCanvas(900, 300).encodeSync('avif');
		const items = [1, 2].map(() => ({ files: { data: { bytes } } }));
		const { hints } = await edit({}, { items });

		expect(sizes()).toStrictEqual(['1024x1024', '1024x1024']);
		expect(hints.map(({ message }) => message)).toStrictEqual([
			`'Image Size': width and height of an input image could not be read, so the default size of ${KOLORS} was used (1024x1024)`,
		]);
	});

	it('a URL that the service downloads itself gets the default, and that is said', async () => {
		const url = 'https://images.example/wide.png';
		const { hints } = await edit({ images: { image: [{ source: 'url', url }] } });

		expect(sizes()).toStrictEqual(['1024x1024']);
		expect(hints.map(({ message }) => message)).toStrictEqual([
			`'Image Size': SiliconFlow downloads the image from its URL itself, so its shape is not known here, and the default size of ${KOLORS} was used (1024x1024)`,
		]);
	});

	it('a size that was chosen is kept', async () => {
		await edit({ imageSize: '960x1280' }, of(png(160, 90)));

		expect(sizes()).toStrictEqual(['960x1280']);
	});

	it.each(['={{ "" }}', '={{ null }}', '={{ "matchInput" }}', '={{ " match Input image" }}', ''])(
		'%j means the same as the entry of the list',
		async (imageSize) => {
			await edit({ imageSize }, of(png(160, 90)));

			expect(sizes()).toStrictEqual(['1280x720']);
		},
	);

	it('a model by expression matches it too', async () => {
		await edit({ model: `={{ "${KOLORS}" }}`, imageSize: 'matchInput' }, of(png(160, 90)));

		expect(sizes()).toStrictEqual(['1280x720']);
	});

	it('an unknown model chooses itself, and that is said', async () => {
		const model = { __rl: true, mode: 'id', value: 'Acme/Tomorrow-1' };
		const { hints } = await edit({ model, imageSize: 'matchInput' }, of(png(160, 90)));

		expect(sizes()).toStrictEqual([undefined]);
		expect(hints.map(({ message }) => message)).toStrictEqual([
			"'Image Size': no sizes of Acme/Tomorrow-1 are known, so the size was left to the model",
		]);
	});

	it('Generate has no input image, so nothing is sent', async () => {
		const { error } = await bench.step({ prompt: 'a fox', imageSize: '={{ "matchInput" }}' });

		expect(error?.message).toBe(
			"'Image Size' cannot be 'Match Input Image' for Generate Image, because there is no input image",
		);
		expect(bench.simulator.requests).toEqual([]);
	});

	describe('as a tool', () => {
		const tool = { asTool: true };

		it.each([
			['', '1280x720', []],
			['1:1', '1024x1024', []],
			['768 x 1024', '768x1024', []],
			['1000x600', '1000x600', [expect.stringContaining('1000x600 is not one of the sizes')]],
		])('a text is understood, typed or from a language model: %j', async (text, size, words) => {
			for (const imageSize of [text, `={{ "${text}" }}`]) {
				bench.simulator.reset();
				const images = { image: [{ source: 'binary', binaryPropertyName: 'data' }] };
				const { hints } = await edit({ imageSize, images }, { ...of(png(160, 90)), ...tool });

				expect(sizes()).toStrictEqual([size]);
				expect(hints.map(({ message }) => message)).toStrictEqual(words);
			}
		});

		it.each([
			['', '1024x1024'],
			['16:9', '1280x720'],
		])('Generate: %j is %s', async (imageSize, size) => {
			await bench.step({ prompt: 'a fox', imageSize }, tool);

			expect(sizes()).toStrictEqual([size]);
		});

		it('custom has no width and no height there, so it is refused', async () => {
			const { error } = await bench.step({ prompt: 'a fox', imageSize: 'custom' }, tool);

			expect(error?.message).toMatch(/^'Image Size' must be a width.*, but is Custom$/);
			expect(bench.simulator.requests).toEqual([]);
		});
	});
});

describe('At the international site', () => {
	/** Answers with an image of the size in the path. */
	const host = createServer(({ url = '' }, response) => {
		const [width, height] = url.slice(1).split('x').map(Number);
		response.end(png(width, height));
	});
	let bench: Workbench;
	beforeAll(async () => {
		bench = await openWorkbench({ simulator: { site: 'com' } });
		await once(host.listen(0, '127.0.0.1'), 'listening');
	});
	afterEach(() => bench.simulator.reset());
	afterAll(async () => {
		await bench.close();
		host.close();
	});

	it.each([
		[1600, 900, { width: 1408, height: 800 }],
		[900, 1600, { width: 800, height: 1408 }],
		[1024, 768, { width: 1024, height: 768 }],
	])('width and height match an image of %i x %i that n8n downloads', async (...row) => {
		const [width, height, expected] = row;
		const { port } = host.address() as AddressInfo;
		const url = `http://127.0.0.1:${port}/${width}x${height}`;
		await bench.step({
			operation: 'edit',
			model: PRO,
			prompt: 'make it blue',
			images: { image: [{ source: 'url', url }] },
		});

		expect(bench.simulator.generations[0].body).toMatchObject(expected);
	});
});
