import { readImages } from '../../nodes/SiliconFlowImage/contract/response';

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
			urls: [A, B],
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
			urls: [A],
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
		expect(readImages(reply)?.urls).toStrictEqual([A]);
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
