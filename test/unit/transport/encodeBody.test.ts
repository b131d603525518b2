import fc from 'fast-check';
import { InlineImage } from '../../../nodes/SiliconFlowImage/contract/inlineImage';
import { encodeBody } from '../../../nodes/SiliconFlowImage/transport/postImages';
import { anyText } from '../../contract/built';

/** Length of the slices in which an image is written, in bytes. */
const SLICE = 196_608;

/** Bytes that differ from one to the next and from slice to slice. */
const bytesOf = (length: number) =>
	Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) * 7) & 255));

const imageOf = (length: number, mimeType = 'image/png') =>
	new InlineImage(mimeType, bytesOf(length));

describe('The same bytes as JSON.stringify', () => {
	it.each<[string, Record<string, unknown>]>([
		['nothing', {}],
		['one field', { model: 'Kwai-Kolors/Kolors' }],
		['several fields in their order', { b: 1, a: 'two', c: true, d: null }],
		['numbers', { zero: 0, minus: -1, part: 7.5, large: 9999999999, none: NaN }],
		['lists and objects', { list: [1, 'a', undefined, null, []], object: { a: { b: undefined } } }],
		['an empty text', { prompt: '' }],
		['quotes and backslashes', { prompt: 'a "fox" \\ in {"json": 1}' }],
		['control characters', { prompt: 'a\r\n\tb\u0000\u001f\u007f' }],
		['characters of two bytes', { prompt: 'Größe', é: 'é' }],
		['characters of three bytes', { prompt: '一只红狐狸 \u2028' }],
		['characters of four bytes', { prompt: '🦊🦊' }],
		['names with hard characters', { 'a "b"\n': 1, 中: 2 }],
		['the only field undefined', { seed: undefined }],
		['the first field undefined', { seed: undefined, prompt: 'a' }],
		['the last field undefined', { prompt: 'a', seed: undefined }],
		['fields undefined in between', { a: 1, b: undefined, c: undefined, d: 2 }],
		['an image alone', { image: imageOf(7) }],
		['an image between texts', { prompt: '红', image: imageOf(7), seed: 7 }],
		['several images', { image: imageOf(4), image2: imageOf(5, 'image/webp'), image3: imageOf(6) }],
		['an image next to a URL', { image: imageOf(4), image2: 'https://example.com/a.png' }],
	])('%s', (_name, body) => {
		expect(encodeBody(body).toString('utf8')).toBe(JSON.stringify(body));
	});

	it.each([
		...[0, 1, 2, 3, 4],
		...[SLICE - 2, SLICE - 1, SLICE, SLICE + 1, SLICE + 2],
		...[2 * SLICE - 1, 2 * SLICE, 2 * SLICE + 1, 3 * SLICE + 2],
	])('an image of %i bytes', (length) => {
		const body = { prompt: 'a fox', image: imageOf(length), seed: 7 };
		// Compared as a whole: a difference would be printed for minutes.
		expect(encodeBody(body).equals(Buffer.from(JSON.stringify(body)))).toBe(true);
	});

	/** As texts, because two names may become the same. A pair in JSON.stringify is no escape. */
	const withoutHalves = (body: object) => {
		const json = JSON.stringify(body, (_, one: unknown) =>
			typeof one === 'string' ? one.replace(/\p{Cs}/gu, '') : one,
		);
		// What is left is in names, where an even number of backslashes before it means a real one.
		return json.replace(/(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g, '$1');
	};

	it('half a character is left out, in texts and in names', () => {
		const body = { 'a\ud800': ['b\udfff', { 'c\ud800\ud800': '\ud800' }], d: '\\ud800 🦊' };

		expect(encodeBody(body).toString()).toBe('{"a":["b",{"c":""}],"d":"\\\\ud800 🦊"}');
	});

	it('whatever the fields', () => {
		const value = fc.oneof(
			anyText,
			fc.jsonValue(),
			fc.constant(undefined),
			fc.uint8Array().map((bytes) => new InlineImage('image/png', Buffer.from(bytes))),
		);
		fc.assert(
			fc.property(fc.dictionary(anyText, value), (body) => {
				expect(encodeBody(body)).toStrictEqual(Buffer.from(withoutHalves(body)));
			}),
		);
	});
});

it('A data URL is what its image says, in base64', () => {
	const body = { image: new InlineImage('image/webp', Buffer.from('fox')) };

	expect(encodeBody(body).toString()).toBe('{"image":"data:image/webp;base64,Zm94"}');
});
