import fc from 'fast-check';
import { testImage } from '../../harness/engine/testImages';
import { readImages } from '../../nodes/SiliconFlowImage/contract/response';
import { cpuMs } from '../support/cpuTime';

const A = 'https://s3.example/a.png?sig=%2Fx%2By';
const B = 'https://s3.example/b.png';

describe('A reply with images', () => {
	it('is read as the contract defines it', () => {
		const reply = {
			images: [{ url: A }, { url: B }],
			timings: { inference: 3.197 },
			seed: 4999999999,
		};

		expect(readImages(reply)).toStrictEqual({
			images: [{ url: A }, { url: B }],
			inferenceSeconds: 3.197,
			seed: 4999999999,
		});
	});

	it.each([
		['images alone', { images: [{ url: A }] }],
		['data alone', { data: [{ url: A }] }],
		['both', { images: [{ url: A }], data: [{ url: B }] }],
		['images empty and data not', { images: [], data: [{ url: A }] }],
		['more than the contract has', { images: [{ url: A, size: 7 }], shared_id: '0', more: {} }],
		['timings that are none', { images: [{ url: A }], timings: 'fast' }],
		['timings without the inference', { images: [{ url: A }], timings: {} }],
		['a seed that is no number', { images: [{ url: A }], seed: 'many' }],
	])('is accepted with %s', (_name, reply) => {
		expect(readImages(reply)).toStrictEqual({
			images: [{ url: A }],
			inferenceSeconds: undefined,
			seed: undefined,
		});
	});

	it.each([
		['images null', { images: null, data: [{ url: A }] }],
		['images in another shape', { images: A, data: [{ url: A }] }],
		['data null', { images: [{ url: A }], data: null }],
		['data in another shape', { images: [{ url: A }], data: { url: A } }],
		['data in OpenAI base64', { images: [{ url: A }], data: [{ b64_json: 'iVBO' }] }],
		['an empty entry among the images', { images: [{ url: '' }, { url: A }] }],
		['nothing among the images', { images: [null, { url: A }] }],
	])('loses no image paid for, with %s', (_name, reply) => {
		expect(readImages(reply)?.images).toStrictEqual([{ url: A }]);
	});
});

/** The beginning of base64 of an image is all that is looked at here. */
const PNG = testImage('png').toString('base64');
const URL_ALPHABET = testImage('png').toString('base64url');

describe('An image is found in any form that gateways give it', () => {
	it.each<[string, unknown, object]>([
		['as OpenAI sends it', { b64_json: PNG }, { base64: PNG }],
		['as OpenAI sends it, without a URL', { url: null, b64_json: PNG }, { base64: PNG }],
		['as OpenAI sends it, with an empty URL', { url: '', b64_json: PNG }, { base64: PNG }],
		['a data URL', { url: `data:image/png;base64,${PNG}` }, { base64: PNG }],
		['a data URL in capitals', { url: `DATA:IMAGE/PNG;BASE64,${PNG}` }, { base64: PNG }],
		['a data URL without a type', { url: `data:;base64,${PNG}` }, { base64: PNG }],
		['a data URL after a blank', { url: `\n data:image/png;base64,${PNG}` }, { base64: PNG }],
		['a data URL under b64_json', { b64_json: `data:image/png;base64,${PNG}` }, { base64: PNG }],
		['a plain link', A, { url: A }],
		['a plain link in capitals', 'HTTPS://S3.EXAMPLE/A.PNG', { url: 'HTTPS://S3.EXAMPLE/A.PNG' }],
		['a plain data URL', `data:image/webp;base64,${PNG}`, { base64: PNG }],
		['plain base64', PNG, { base64: PNG }],
		['plain base64 for URLs', URL_ALPHABET, { base64: URL_ALPHABET }],
		['a link and the image: the link', { url: A, b64_json: PNG }, { url: A }],
		['the longest link', `${A}${'x'.repeat(8192 - A.length)}`, expect.anything() as object],
	])('%s', (_name, entry, image) => {
		expect(readImages({ images: [entry] })?.images).toStrictEqual([image]);
		expect(readImages({ data: [entry] })?.images).toStrictEqual([image]);
		expect(readImages({ images: [7, entry, null] })?.images).toStrictEqual([image]);
	});

	it.each([
		['a script', { url: 'javascript:alert(1)' }],
		['a file', { url: 'file:///etc/passwd' }],
		['a link without a host', { url: 'https:///a' }],
		['a link that is too long', { url: `${A}${'x'.repeat(8193 - A.length)}` }],
		['a data URL that is no base64', { url: 'data:image/svg+xml,<svg/>' }],
		['a plain text', 'see the documentation'],
		['a list', [A]],
		['an image under another name', { artwork: PNG }],
	])('%s is none', (_name, entry) => {
		expect(readImages({ images: [entry], data: [entry] })).toBeUndefined();
	});

	const REQUEST = 'https://gateway.example:8443/api/v1/images/generations';
	const ORIGIN = 'https://gateway.example:8443';

	it.each([
		['from the root', '/files/a.png?sig=%2F', `${ORIGIN}/files/a.png?sig=%2F`],
		['from the request', 'files/a.png', `${ORIGIN}/api/v1/images/files/a.png`],
		['from the folder of the request', './a.png', `${ORIGIN}/api/v1/images/a.png`],
		['from a folder above', '../../files?id=7', `${ORIGIN}/api/files?id=7`],
		['a name alone', 'a.webp#x', `${ORIGIN}/api/v1/images/a.webp#x`],
		['on another host', '//cdn.example/a.png', 'https://cdn.example/a.png'],
		['with blanks in it', ' /my files/a b.png\n', `${ORIGIN}/my%20files/a%20b.png`],
	])('a relative link %s', (_name, link, url) => {
		expect(readImages({ images: [{ url: link }] }, { requestUrl: REQUEST })?.images).toStrictEqual([
			{ url },
		]);
		expect(readImages({ data: [link] }, { requestUrl: REQUEST })?.images).toStrictEqual([{ url }]);
		expect(readImages({ images: [{ url: link }] })).toBeUndefined();
	});

	it.each([
		['around it', ` \n${A}\t`, A],
		['in it', 'https://s3.example/a b.png', 'https://s3.example/a b.png'],
	])('a link with blanks %s', (_name, link, url) => {
		expect(readImages({ images: [{ url: link }] })?.images).toStrictEqual([{ url }]);
		expect(readImages({ images: [link] })?.images).toStrictEqual([{ url }]);
	});

	it('base64 under url, even if it begins with a slash like a relative link', () => {
		const jpeg = testImage('jpeg').toString('base64');

		expect(jpeg).toMatch(/^\/9j\//);
		expect(readImages({ images: [{ url: jpeg }] }, { requestUrl: REQUEST })?.images).toStrictEqual([
			{ base64: jpeg },
		]);
	});

	it.each([
		'pending',
		'N/A',
		'/',
		'//',
		'',
		'see a.png: soon',
		'javascript:/a.png',
		'a:b.png',
		'//[',
	])('%j is no relative link', (url) => {
		expect(readImages({ images: [{ url }, url] }, { requestUrl: REQUEST })).toBeUndefined();
	});

	it('whatever a link is, reading it throws nothing and gives an http(s) address', () => {
		const part = fc.constantFrom('/', '//', '.', '..', 'a.png', ':', '?', '#', '\\', '@', '[', ' ');
		const link = fc
			.array(fc.oneof(part, fc.webPath(), fc.string({ maxLength: 3 })), { maxLength: 8 })
			.map((parts) => parts.join(''));
		fc.assert(
			fc.property(link, (url) => {
				const [image] = readImages({ images: [{ url }] }, { requestUrl: REQUEST })?.images ?? [];
				const found = image && 'url' in image ? image.url : REQUEST;
				expect(new URL(found).protocol).toMatch(/^https?:$/);
			}),
			{ numRuns: 1000 },
		);
	});

	it('millions of entries are not looked at', () => {
		const images = Array(5_000_000).fill({});
		const start = cpuMs();

		expect(readImages({ images, data: [{ url: A }] })?.images).toStrictEqual([{ url: A }]);
		expect(readImages({ images: [...images.slice(0, 99), { url: A }] })?.images).toHaveLength(1);
		expect(cpuMs() - start).toBeLessThan(1000);
	});
});

describe('A reply without an image is never a success', () => {
	it.each([
		[{}],
		[{ images: [] }],
		[{ images: [], data: [] }],
		[{ images: [{}] }],
		[{ images: [{ url: '' }] }],
		[{ images: [{ url: 7 }] }],
		[{ images: null }],
		[{ code: 20015, message: 'The parameter is invalid.', data: null }],
		[null],
		[undefined],
		['https://s3.example/a.png'],
		[7],
		[[]],
		[[{ url: A }]],
	])('%j', (reply) => {
		expect(readImages(reply)).toBeUndefined();
	});
});
