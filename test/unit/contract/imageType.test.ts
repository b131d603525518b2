import fc from 'fast-check';
import {
	IMAGE_START_BYTES,
	IMAGE_TYPE_BYTES,
	imageTypeOf,
} from '../../../nodes/SiliconFlowImage/contract/imageHeader';

/** A file that begins with these bytes, followed by anything. */
const file = (head: string, rest = 'the rest of the file') => Buffer.from(head + rest, 'latin1');

const PNG = '\x89PNG\r\n\x1a\n';
const RIFF = 'RIFF\x24\x10\x00\x00';
const box = (brand: string) => `\x00\x00\x00\x20ftyp${brand}`;
const BMP = 'BM\x36\x10\x00\x00\x00\x00\x00\x00\x36';

const KNOWN: ReadonlyArray<readonly [string, string, string, string]> = [
	['PNG', PNG, 'image/png', 'png'],
	['JPEG with JFIF', '\xff\xd8\xff\xe0\x00\x10JFIF', 'image/jpeg', 'jpg'],
	['JPEG with Exif', '\xff\xd8\xff\xe1', 'image/jpeg', 'jpg'],
	['JPEG bare', '\xff\xd8\xff\xdb', 'image/jpeg', 'jpg'],
	['WebP', `${RIFF}WEBPVP8 `, 'image/webp', 'webp'],
	['GIF 87a', 'GIF87a', 'image/gif', 'gif'],
	['GIF 89a', 'GIF89a', 'image/gif', 'gif'],
	['BMP', BMP, 'image/bmp', 'bmp'],
	['TIFF, little end first', 'II*\x00', 'image/tiff', 'tiff'],
	['TIFF, big end first', 'MM\x00*', 'image/tiff', 'tiff'],
	['AVIF', box('avif'), 'image/avif', 'avif'],
	['AVIF sequence', box('avis'), 'image/avif', 'avif'],
	['HEIC', box('heic'), 'image/heic', 'heic'],
	['HEIC, ten bits', box('heix'), 'image/heic', 'heic'],
	['HEIF', box('mif1'), 'image/heic', 'heic'],
	['HEIF sequence', box('msf1'), 'image/heic', 'heic'],
	['AVIF by another brand', `${box('mif1')}\0\0\0\0mif1avif`, 'image/avif', 'avif'],
	['AVIF by its last brand', `${box('miaf')}\0\0\0\0mif1MA1Bavif`, 'image/avif', 'avif'],
	['HEIC by another brand', `${box('mif1')}\0\0\0\0mif1heix`, 'image/heic', 'heic'],
	['a sequence of HEVC', box('hevc'), 'image/heic', 'heic'],
	['HEVC in layers', box('heis'), 'image/heic', 'heic'],
	['BigTIFF', 'II+\x00\x08\x00', 'image/tiff', 'tiff'],
];

describe('The first bytes determine the type', () => {
	it.each(KNOWN)('%s, whatever follows', (_name, head, mimeType, extension) => {
		expect(imageTypeOf(file(head))).toStrictEqual({ mimeType, extension });
		fc.assert(
			fc.property(fc.uint8Array(), (rest) => {
				// The inspected bytes are kept, because they may belong to the signature.
				const start = file(head, '').subarray(0, IMAGE_TYPE_BYTES);
				expect(imageTypeOf(Buffer.concat([start, rest]))?.mimeType).toBe(mimeType);
			}),
		);
	});

	it('the first of them show that it is an image', () => {
		for (const [, head] of KNOWN) {
			expect(imageTypeOf(file(head).subarray(0, IMAGE_START_BYTES))).toBeDefined();
		}
	});

	it('reads no further than it says', () => {
		for (const [, head] of KNOWN) {
			const whole = file(head);
			expect(imageTypeOf(whole.subarray(0, IMAGE_TYPE_BYTES))).toStrictEqual(imageTypeOf(whole));
		}
	});
});

describe('Other data is not mistaken for an image', () => {
	it.each([
		['nothing', ''],
		['a page', '<!DOCTYPE html><html>'],
		['an SVG drawing', '<svg xmlns="http://www.w3.org/2000/svg">'],
		['JSON', '{"code":20012}'],
		['a PDF', '%PDF-1.7'],
		['a ZIP', 'PK\x03\x04'],
		['PNG after a line-end conversion', '\x89PNG\n\x1a\n'],
		['PNG without its high bit', '\x09PNG\r\n\x1a\n'],
		['PNG one byte late', ` ${PNG}`],
		['half a JPEG mark', '\xff\xd8'],
		['JPEG with a wrong third byte', '\xff\xd8\xfe'],
		['a WAV sound', `${RIFF}WAVEfmt `],
		['WEBP without RIFF', 'RIFX\x24\x10\x00\x00WEBP'],
		['another GIF', 'GIF88a'],
		['a text that begins with BM', 'BMW built this car in 1972'],
		['TIFF with mixed ends', 'II\x00*'],
		['a film', box('isom')],
		['a film of Apple', box('qt  ')],
		['a brand without its box', '\x00\x00\x00\x20abcdavif'],
	])('%s', (_name, head) => {
		expect(imageTypeOf(Buffer.from(head, 'latin1'))).toBeUndefined();
	});

	it('a truncated signature', () => {
		const shortest = [PNG, '\xff\xd8\xff', `${RIFF}WEBP`, 'GIF89a', BMP.slice(0, 10), 'II*\x00'];
		for (const head of [...shortest, box('avif')]) {
			const bytes = Buffer.from(head, 'latin1');
			for (let length = 0; length < bytes.length; length++) {
				expect(imageTypeOf(bytes.subarray(0, length))).toBeUndefined();
			}
			expect(imageTypeOf(bytes)).toBeDefined();
		}
	});
});
