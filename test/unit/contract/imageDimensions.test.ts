import { createCanvas } from '@napi-rs/canvas';
import fc from 'fast-check';
import { imageDimensionsOf } from '../../../nodes/SiliconFlowImage/contract/imageHeader';

/** How many leading bytes are looked at. */
const IMAGE_DIMENSIONS_BYTES = 512 * 1024;

const bytesOf = (...parts: Array<string | number[] | Buffer>) =>
	Buffer.concat(
		parts.map((part) =>
			typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part),
		),
	);
const u16 = (value: number) => [value >> 8, value & 0xff];
const u16le = (value: number) => u16(value).reverse();
const u32 = (value: number) => [...u16(value >>> 16), ...u16(value & 0xffff)];
const u32le = (value: number) => u32(value).reverse();
const u24le = (value: number) => u32le(value).slice(0, 3);

/** A segment of a JPEG, which counts its own length. */
const segment = (marker: number, content: Buffer) =>
	bytesOf([0xff, marker, ...u16(content.length + 2)], content);
const frame = (width: number, height: number, marker = 0xc0) =>
	segment(marker, bytesOf([8, ...u16(height), ...u16(width), 3, 1, 0x22, 0]));
const jpeg = (...segments: Buffer[]) => bytesOf([0xff, 0xd8], ...segments, [0xff, 0xda, 0, 2]);
const jfif = segment(0xe0, bytesOf('JFIF\0', [1, 1, 0, 0, 1, 0, 1, 0, 0]));

function exif(orientation: number, isLittle: boolean, type = 3): Buffer {
	const [short, long] = isLittle ? [u16le, u32le] : [u16, u32];
	const entry = (tag: number, kind: number, value: number[]) =>
		bytesOf(short(tag), short(kind), long(1), value);
	return segment(
		0xe1,
		bytesOf(
			'Exif\0\0',
			isLittle ? 'II' : 'MM',
			[...short(42), ...long(8), ...short(2)],
			entry(0x0100, 4, long(4000)),
			entry(0x0112, type, [...short(orientation), 0, 0]),
			long(0),
		),
	);
}

const riff = (kind: string, content: Buffer) =>
	bytesOf('RIFF', u32le(content.length + 12), 'WEBP', kind, u32le(content.length), content);
const lossy = (width: number, height: number, start = [0x9d, 0x01, 0x2a]) =>
	riff('VP8 ', bytesOf([0x30, 0x01, 0x00], start, u16le(width), u16le(height), [0, 0]));
const lossless = (width: number, height: number, first = 0x2f) =>
	riff('VP8L', bytesOf([first], u32le((width - 1) | ((height - 1) << 14)), [0, 0, 0, 0, 0]));
const extended = (width: number, height: number) =>
	riff('VP8X', bytesOf([0x10, 0, 0, 0], u24le(width - 1), u24le(height - 1)));
const png = (width: number, height: number, chunk = 'IHDR') =>
	bytesOf('\x89PNG\r\n\x1a\n', u32(13), chunk, u32(width), u32(height), [8, 6, 0, 0, 0]);
const gif = (width: number, height: number) =>
	bytesOf('GIF89a', u16le(width), u16le(height), [0, 0, 0]);
const bmp = (header: number, size: number[]) =>
	bytesOf('BM', u32le(9000), [0, 0, 0, 0], u32le(54), u32le(header), size, [1, 0, 24, 0]);

describe('Width and height stand in the header', () => {
	it.each<[string, Buffer, number, number]>([
		['PNG', png(1024, 768), 1024, 768],
		['the largest PNG', png(0x7fffffff, 1), 0x7fffffff, 1],
		['JPEG', jpeg(jfif, frame(1328, 800)), 1328, 800],
		['a progressive JPEG', jpeg(jfif, frame(1328, 800, 0xc2)), 1328, 800],
		['the largest JPEG', jpeg(frame(65535, 65535)), 65535, 65535],
		[
			'JPEG with tables in front',
			jpeg(segment(0xdb, Buffer.alloc(65)), segment(0xc4, Buffer.alloc(40)), frame(16, 9)),
			16,
			9,
		],
		['JPEG with fill bytes', jpeg(bytesOf([0xff, 0xff, 0xff]), frame(16, 9)), 16, 9],
		['WebP, lossy', lossy(1664, 928), 1664, 928],
		['WebP that asks for scaling', lossy(0x4000 | 640, 0x8000 | 480), 640, 480],
		['WebP, lossless', lossless(1664, 928), 1664, 928],
		['the largest lossless WebP', lossless(16384, 16384), 16384, 16384],
		['WebP, extended', extended(1 << 24, 928), 1 << 24, 928],
		['GIF', gif(320, 65535), 320, 65535],
		['BMP', bmp(40, [...u32le(640), ...u32le(480)]), 640, 480],
		['BMP from the top', bmp(124, [...u32le(640), ...u32le(-480)]), 640, 480],
		['BMP of OS/2', bmp(12, [...u16le(640), ...u16le(480)]), 640, 480],
	])('%s', (_name, bytes, width, height) => {
		expect(imageDimensionsOf(bytes)).toStrictEqual({ width, height });
	});

	it.each(['png', 'jpeg', 'webp', 'gif'] as const)('a real image: %s', (format) => {
		const canvas = createCanvas(150, 70);
		canvas.getContext('2d').fillRect(10, 10, 20, 20);
		const bytes =
			format === 'png' ? canvas.toBuffer('image/png') : canvas.encodeSync(format as 'jpeg');
		expect(imageDimensionsOf(bytes)).toStrictEqual({ width: 150, height: 70 });
	});
});

describe('A JPEG on its side is measured as it is seen', () => {
	it.each([true, false])('by the orientation in its Exif, little end first: %s', (isLittle) => {
		const upright = { width: 4000, height: 3000 };
		const onSide = { width: 3000, height: 4000 };
		const found = [1, 2, 3, 4, 5, 6, 7, 8].map((orientation) =>
			imageDimensionsOf(jpeg(exif(orientation, isLittle), frame(4000, 3000))),
		);

		expect(found).toStrictEqual([...Array(4).fill(upright), ...Array(4).fill(onSide)]);
	});

	it.each<[string, Buffer[]]>([
		['an orientation that there is not', [exif(9, true)]],
		['an orientation that is no number', [exif(6, true, 2)]],
		['XMP, which is APP1 too', [segment(0xe1, bytesOf('http://ns.adobe.com/xap/1.0/\0II*\0'))]],
		['Exif that is cut', [segment(0xe1, exif(6, true).subarray(4, 40))]],
		['Exif without content', [segment(0xe1, bytesOf('Exif\0\0'))]],
		['Exif that leads elsewhere', [segment(0xe1, bytesOf('Exif\0\0II*\0', u32le(0xfffffff0)))]],
		['a second Exif', [exif(1, true), exif(6, true)]],
	])('not by %s', (_name, segments) => {
		expect(imageDimensionsOf(jpeg(...segments, frame(40, 30)))).toStrictEqual({
			width: 40,
			height: 30,
		});
	});

	it('XMP in front of Exif', () => {
		const xmp = segment(0xe1, bytesOf('http://ns.adobe.com/xap/1.0/\0'));
		expect(imageDimensionsOf(jpeg(xmp, exif(6, false), frame(40, 30)))?.width).toBe(30);
	});
});

describe('A PNG and a WebP on their side are measured as they are seen', () => {
	/** Exif as other formats hold it: without the name that it has in a JPEG. */
	const bareExif = (orientation: number, isLittle = true) =>
		exif(orientation, isLittle).subarray(4 + 'Exif\0\0'.length);
	const namedExif = (orientation: number) => exif(orientation, false).subarray(4);
	const chunk = (name: string, content: Buffer) =>
		bytesOf(u32(content.length), name, content, [0, 0, 0, 0]);
	const withChunks = (...chunks: Buffer[]) => bytesOf(png(40, 30), [0, 0, 0, 0], ...chunks);
	const pixels = chunk('IDAT', Buffer.alloc(700_000));
	const end = chunk('IEND', Buffer.alloc(0));
	const riffChunk = (name: string, content: Buffer) =>
		bytesOf(name, u32le(content.length), content, Buffer.alloc(content.length % 2));
	const webp = (flags: number, ...chunks: Buffer[]) => {
		const head = riffChunk('VP8X', bytesOf([flags, 0, 0, 0], u24le(39), u24le(29)));
		const content = bytesOf('WEBP', head, riffChunk('VP8 ', Buffer.alloc(700_001)), ...chunks);
		return bytesOf('RIFF', u32le(content.length), content);
	};
	const [upright, onSide] = [
		{ width: 40, height: 30 },
		{ width: 30, height: 40 },
	];

	it.each<[string, Buffer, object]>([
		['PNG, before its pixels', withChunks(chunk('eXIf', bareExif(6)), pixels, end), onSide],
		['PNG, behind its pixels', withChunks(pixels, chunk('eXIf', bareExif(8, false)), end), onSide],
		['PNG, with the name', withChunks(chunk('eXIf', namedExif(5)), pixels, end), onSide],
		['PNG, upside down', withChunks(chunk('eXIf', bareExif(3)), pixels, end), upright],
		['PNG, behind its end', withChunks(pixels, end, chunk('eXIf', bareExif(6))), upright],
		['PNG, cut', withChunks(chunk('eXIf', bareExif(6)).subarray(0, 20)), upright],
		['WebP', webp(0x08, riffChunk('EXIF', bareExif(6))), onSide],
		['WebP, with the name', webp(0x0c, riffChunk('EXIF', namedExif(7))), onSide],
		[
			'WebP, behind XMP',
			webp(8, riffChunk('XMP ', Buffer.alloc(9)), riffChunk('EXIF', bareExif(6))),
			onSide,
		],
		['WebP, upside down', webp(0x08, riffChunk('EXIF', bareExif(3))), upright],
		['WebP that does not announce it', webp(0, riffChunk('EXIF', bareExif(6))), upright],
		['WebP, cut', webp(0x08, riffChunk('EXIF', bareExif(6)).subarray(0, 12)), upright],
	])('%s', (_name, bytes, size) => {
		expect(imageDimensionsOf(bytes)).toStrictEqual(size);
	});

	it('not behind chunks without end', () => {
		const empty = Buffer.alloc(2_400_000, chunk('teSt', Buffer.alloc(0)));
		const far = withChunks(empty, chunk('eXIf', bareExif(6)), end);
		expect(imageDimensionsOf(far)).toStrictEqual(upright);
	});

	it.each([
		['PNG', withChunks(chunk('eXIf', bareExif(6)), chunk('IDAT', Buffer.alloc(20)), end)],
		['WebP', bytesOf(webp(8).subarray(0, 30), riffChunk('EXIF', bareExif(6)))],
	])('hostile bytes of a %s give no exception', (_name, whole) => {
		fc.assert(
			fc.property(
				fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
				fc.nat(),
				(changes, cut) => {
					const bytes = Buffer.from(whole.subarray(0, 30 + (cut % (whole.length - 29))));
					for (const [at, byte] of changes)
						bytes[30 + (at % Math.max(1, bytes.length - 30))] = byte;
					imageDimensionsOf(bytes);
				},
			),
			{ numRuns: 2_000 },
		);
	});
});

describe('What makes no sense is not known', () => {
	it.each<[string, Buffer]>([
		['nothing', Buffer.alloc(0)],
		['a text', Buffer.from('BMW built this car in 1972')],
		['a format that is not read', bytesOf([0, 0, 0, 32], 'ftypavif', Buffer.alloc(100))],
		['PNG without a width', png(0, 768)],
		['PNG without a height', png(1024, 0)],
		['PNG above its limit', png(0x80000000, 768)],
		['PNG of another order', png(1024, 768, 'CgBI')],
		['JPEG without a frame', jpeg(jfif)],
		['JPEG that ends before its frame', jpeg(jfif, bytesOf([0xff, 0xd9]), frame(16, 9))],
		['JPEG whose height comes later', jpeg(frame(16, 0))],
		['JPEG with other bytes between its segments', jpeg(bytesOf([0]), frame(16, 9))],
		['JPEG with a segment of no length', jpeg(bytesOf([0xff, 0xe0, 0, 0]), Buffer.alloc(9))],
		['JPEG with a short frame', bytesOf([0xff, 0xd8, 0xff, 0xc0, 0, 4, 8, 0, 9, 0, 16])],
		['WebP without a start', lossy(16, 9, [0x9d, 0x01, 0x2b])],
		['WebP, lossless, without a start', lossless(16, 9, 0x2e)],
		['WebP of another kind', riff('ALPH', Buffer.alloc(20))],
		['GIF without a width', gif(0, 9)],
		['BMP with a negative width', bmp(40, [...u32le(-640), ...u32le(480)])],
		['BMP with a header of no kind', bmp(3, [...u32le(640), ...u32le(480)])],
	])('%s', (_name, bytes) => {
		expect(imageDimensionsOf(bytes)).toBeUndefined();
	});

	const whole: ReadonlyArray<readonly [string, Buffer, number]> = [
		['PNG', png(1024, 768), 24],
		['JPEG', jpeg(exif(6, true), frame(16, 9)), 2 + exif(6, true).length + 9],
		['WebP, lossy', lossy(16, 9), 30],
		['WebP, lossless', lossless(16, 9), 30],
		['WebP, extended', extended(16, 9), 30],
		['GIF', gif(16, 9), 10],
		['BMP', bmp(40, [...u32le(640), ...u32le(480)]), 26],
	];

	it.each(whole)('%s that is cut', (_name, bytes, needed) => {
		for (let length = 0; length < needed; length++) {
			expect(imageDimensionsOf(bytes.subarray(0, length))).toBeUndefined();
		}
		expect(imageDimensionsOf(bytes.subarray(0, needed))).toBeDefined();
	});
});

describe('Hostile bytes', () => {
	const heads = [
		'',
		'\xff\xd8\xff',
		'\xff\xd8\xff\xe1\x00\x40Exif\0\0II*\0',
		'\x89PNG\r\n\x1a\n',
	].concat(
		['VP8 ', 'VP8L', 'VP8X'].map((kind) => `RIFF\0\0\0\0WEBP${kind}`),
		['GIF89a', 'BM\0\0\0\0\0\0\0\0'],
	);

	it('give whole numbers from 1, or nothing', () => {
		fc.assert(
			fc.property(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 200 }), (head, rest) => {
				const found = imageDimensionsOf(bytesOf(head, Buffer.from(rest)));
				if (found === undefined) return;
				for (const side of [found.width, found.height]) {
					expect(Number.isInteger(side)).toBe(true);
					expect(side).toBeGreaterThan(0);
				}
			}),
			{ numRuns: 5_000 },
		);
	});

	it.each<[string, number[]]>([
		['fill bytes', [0xff]],
		['bare marks', [0xff, 0xd0]],
		['empty segments', [0xff, 0xe0, 0, 2]],
		['segments without a length', [0xff, 0xe0, 0, 0]],
	])('%s are read up to a limit', (_name, pattern) => {
		const filler = Buffer.alloc(IMAGE_DIMENSIONS_BYTES, Buffer.from(pattern));
		const far = bytesOf([0xff, 0xd8, 0xff, 0xff], filler, frame(16, 9));
		expect(imageDimensionsOf(far)).toBeUndefined();
	});

	it('a JPEG is read up to the limit, with any amount of metadata', () => {
		const metadata = Array.from({ length: 7 }, () => segment(0xe2, Buffer.alloc(65_000)));
		expect(imageDimensionsOf(jpeg(...metadata, frame(16, 9)))?.width).toBe(16);
	});
});
