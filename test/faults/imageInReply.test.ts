import type { INodeExecutionData } from 'n8n-workflow';
import { testImage } from '../../harness/engine/testImages';
import { failures } from '../../simulator';
import { openWorkbench, type Workbench } from '../support/workbench';

/** Gateways that send the image itself instead of a link: it is paid for, so it must come out. */

let bench: Workbench;
beforeEach(async () => {
	bench = await openWorkbench();
});
afterEach(async () => await bench.close());

/** The images of this file are smaller than the size that the panel starts with. */
const OTHER_SIZE = "'Image Size' was 1024x1024, but SiliconFlow made an image of 48x32";

const items = (n: number) => Array.from({ length: n }, (_, i) => ({ json: { i } }));
const prompt = '={{ "fox " + $json.i }}';
const base64 = (bytes: Buffer) => bytes.toString('base64');

/** An image of about so many bytes; what follows a PNG is ignored by image readers. */
const largeImage = (bytes: number) => Buffer.concat([testImage('png'), Buffer.alloc(bytes, 7)]);

/** Every reply holds as many images as were asked for, each other than the others. */
function sendImages(make: (index: number) => Buffer) {
	bench.simulator.fault({
		times: Infinity,
		transformReply: ({ images, seed }: { images: unknown[]; seed: number }) => ({
			data: images.map((_, index) => ({ b64_json: base64(make(index)) })),
			seed,
		}),
	});
}

const bytesOf = async (item: INodeExecutionData) => await bench.engine.bytesOf(item);

it.each(['png', 'jpeg', 'webp'] as const)(
	'%s: bytes, type and name as after a download',
	async (format) => {
		const image = testImage(format);
		sendImages(() => image);
		const { items: out, hints } = await bench.step({ prompt: 'a fox', options: { seed: 5 } });

		expect(await bytesOf(out[0])).toEqual(image);
		expect(out[0].binary?.data).toMatchObject({
			mimeType: `image/${format}`,
			fileName: `image.${format === 'jpeg' ? 'jpg' : format}`,
		});
		expect(out[0].json).toStrictEqual({
			model: 'Kwai-Kolors/Kolors',
			prompt: 'a fox',
			seed: 5,
			index: 0,
			width: 48,
			height: 32,
			traceId: bench.simulator.generations[0].traceId,
		});
		expect(hints.map(({ message }) => message)).toEqual([OTHER_SIZE]);
	},
);

it('base64 with line breaks and of the other alphabet', async () => {
	const image = testImage('webp', 3);
	const lines = base64(image).replace(/.{76}/g, '$&\r\n');
	bench.simulator.fault({ transformReply: () => ({ images: [{ b64_json: lines }] }) });
	bench.simulator.fault({
		transformReply: () => ({ images: [image.toString('base64url')] }),
	});
	const { items: out } = await bench.step({ prompt }, { items: items(2) });

	expect(await Promise.all(out.map(bytesOf))).toEqual([image, image]);
});

it('four images of 2.5 MB in one reply come out in order, with their numbers', async () => {
	sendImages((index) => Buffer.concat([testImage('png', index), largeImage(2_500_000)]));
	const { items: out } = await bench.step({ prompt: 'a fox', numberOfImages: 4 });

	expect(bench.simulator.generations).toHaveLength(1);
	expect(out.map(({ binary }) => binary?.data.fileName)).toEqual(
		[1, 2, 3, 4].map((number) => `image-${number}.png`),
	);
	for (const [index, item] of out.entries()) {
		const first = testImage('png', index);
		expect((await bytesOf(item)).subarray(0, first.length)).toEqual(first);
	}
});

it("with 'Download Images' off it is output all the same, and that is said once", async () => {
	sendImages(() => testImage('png'));
	const { items: out, hints } = await bench.step(
		{ prompt, options: { download: false } },
		{ items: items(3) },
	);

	for (const item of out) expect(await bytesOf(item)).toEqual(testImage('png'));
	expect(hints.map(({ message }) => message)).toEqual([
		"'Download Images' is off, but the service sent the image itself instead of a link, so it was output as binary data",
		OTHER_SIZE,
	]);
});

it('when another item fails, it is said that such an image exists and how to get it', async () => {
	const isSecond = ({ body }: { body?: unknown }) =>
		(body as { prompt?: string } | undefined)?.prompt === 'fox 1';
	bench.simulator.fault({ ...failures.moderated, when: isSecond });
	sendImages(() => testImage('png'));
	const { error } = await bench.step(
		{ prompt, executionOptions: { concurrency: 1 } },
		{ items: items(2) },
	);

	expect(error?.description).toContain(
		"Already made and paid for: 1 image. Without a link: 1 image. To get the images of a run even if one is refused, set 'On Error' to 'Continue'",
	);
});
