import fc from 'fast-check';
import { testImage } from '../../harness/engine/testImages';
import {
	decodeBase64,
	longTextOf,
	takeOutLongTexts,
} from '../../nodes/SiliconFlowImage/contract/longTexts';
import { readImagesReply } from '../../nodes/SiliconFlowImage/contract/response';
import { anyCharacter } from '../support/anyCharacter';
import { cpuMs } from '../support/cpuTime';

const MB = 1024 * 1024;
const noPause = async () => {};
const png = testImage('png');
const large = Buffer.concat([png, Buffer.alloc(100_000, 7)]);
const base64 = large.toString('base64');

/** What a reply holds, as the transport and the contract read it together. */
async function imagesOf(reply: string) {
	const { bytes, longTexts } = takeOutLongTexts(Buffer.from(reply));
	const images = readImagesReply(bytes.toString(), { longTexts })?.images ?? [];
	return await Promise.all(
		images.map(async (image) =>
			'url' in image ? image.url : await decodeBase64(image.base64, noPause),
		),
	);
}

describe('A large image in a reply', () => {
	it.each<[string, unknown]>([
		['under b64_json', { data: [{ b64_json: base64 }] }],
		['for URLs', { data: [{ b64_json: large.toString('base64url') }] }],
		['as a data URL', { images: [{ url: `data:image/png;base64,${base64}` }] }],
		['as a data URL under b64_json', { images: [{ b64_json: `data:;base64,${base64}` }] }],
		['under url', { images: [{ url: base64 }] }],
		['as a text', { images: [base64] }],
		['with line breaks', { images: [base64.replace(/.{76}/g, '$&\r\n')] }],
		['with blanks', { images: [base64.replace(/.{75}/g, '$& ')] }],
		['behind a long text', { prompt: 'p"\\'.repeat(50_000), images: [base64] }],
	])('%s', async (_name, reply) => {
		expect(await imagesOf(JSON.stringify(reply))).toStrictEqual([large]);
		expect(await imagesOf(JSON.stringify(reply).replaceAll('/', '\\/'))).toStrictEqual([large]);
		expect(await imagesOf(`data: ${JSON.stringify(reply)}\n\n`)).toStrictEqual([large]);
		const escaped = JSON.stringify(reply).replaceAll('+', '\\u002b').replaceAll('=', '\\u003D');
		expect(await imagesOf(escaped)).toStrictEqual([large]);
	});

	it('comes out beside a small one and a link, in order', async () => {
		const link = 'https://s3.example/a.png';
		const small = png.toString('base64');
		const reply = { images: [{ url: link }, { b64_json: base64 }, { b64_json: small }, base64] };

		expect(await imagesOf(JSON.stringify(reply))).toStrictEqual([link, large, png, large]);
	});

	it('is none where a long text is something else', async () => {
		expect(await imagesOf(JSON.stringify({ images: ['x'.repeat(100_000)] }))).toStrictEqual([]);
	});

	it('is not made of a mark that the reply brought itself', async () => {
		expect(await imagesOf('{"images":["\\u0000long text 0","\\u0000long text 9"]}')).toStrictEqual(
			[],
		);
	});
});

it('Whatever the texts, those that are taken out are what stood there', () => {
	const text = fc.oneof(
		fc.string({ unit: anyCharacter, maxLength: 20 }),
		fc.constantFrom('"', '\\', '\\"', '\\\\', '"\\\\"', 'a'.repeat(9), 'a'.repeat(10), '\0'),
	);
	// JSON.parse of Node 24 takes one name with a backslash for another now and then.
	const name = text.map((any) => any.replace(/["\\]/g, ''));
	const values = fc.array(fc.oneof(text, fc.dictionary(name, text)), { maxLength: 10 });
	fc.assert(
		fc.property(values, (given) => {
			const { bytes, longTexts } = takeOutLongTexts(Buffer.from(JSON.stringify(given)), 10);
			// Keys are never long in a reply that anybody means, but they may be taken out too.
			const put = (value: string) => {
				const long = longTextOf(value, longTexts)?.toString();
				return long === undefined ? value : (JSON.parse(`"${long}"`) as string);
			};
			const back = JSON.parse(bytes.toString()) as Array<string | Record<string, string>>;
			const restored = back.map((value) =>
				typeof value === 'string'
					? put(value)
					: Object.fromEntries(Object.entries(value).map(([key, each]) => [put(key), put(each)])),
			);
			expect(restored).toEqual(JSON.parse(JSON.stringify(given)));
		}),
		{ numRuns: 500 },
	);
});

it('Whatever bytes a reply has, taking texts out throws nothing and loses nothing else', () => {
	const bytes = fc.array(fc.constantFrom(...Buffer.from('"\\a{:}\n'), 0, 0xff), { maxLength: 200 });
	fc.assert(
		fc.property(bytes, (given) => {
			const reply = Buffer.from(given);
			const { bytes: rest, longTexts } = takeOutLongTexts(reply, 5);
			const marks = longTexts.map((_, i) => `"\\u0000long text ${i}"`.length - 2);
			const sizes = longTexts.map(({ length }) => length);
			const sum = (numbers: number[]) => numbers.reduce((all, each) => all + each, 0);
			expect(rest.length - sum(marks) + sum(sizes)).toBe(reply.length);
		}),
		{ numRuns: 500 },
	);
});

it('Base64 is decoded the same in pieces of any size, with escapes or without', async () => {
	const way = fc.constantFrom<(text: string) => string>(
		(text) => text,
		(text) => text.replace(/.{7}/g, '$&\\r\\n'),
		(text) => text.replaceAll('/', '\\/'),
		(text) => text.replaceAll('+', '\\u002b').replaceAll('=', '\\u003d'),
		(text) => text.replace(/.{5}/g, '$& ').replaceAll('A', '\\u0041'),
	);
	await fc.assert(
		fc.asyncProperty(
			fc.uint8Array({ maxLength: 200 }),
			way,
			fc.integer({ min: 8, max: 50 }),
			async (given, write, piece) => {
				const text = Buffer.from(write(Buffer.from(given).toString('base64')));
				const decoded = await decodeBase64(text, noPause, piece);
				expect(decoded).toStrictEqual(Buffer.from(given));
			},
		),
		{ numRuns: 1000 },
	);
});

it('Others have a turn while an image is decoded', async () => {
	let pauses = 0;
	const image = await decodeBase64(Buffer.from('A'.repeat(4 * MB)), async () => void pauses++);

	expect(image).toHaveLength(3 * MB);
	expect(pauses).toBe(15);
});

it.each(['"', '""', '\\"', '"\\', '\\', 'a"', '{"a":', 'a'])(
	'A reply of 16 million characters of %j costs some hundred milliseconds at most',
	(unit) => {
		const reply = Buffer.from(`"${unit.repeat(16_000_000 / unit.length)}`);
		const start = cpuMs();
		takeOutLongTexts(reply);

		expect(cpuMs() - start).toBeLessThan(400);
	},
);
