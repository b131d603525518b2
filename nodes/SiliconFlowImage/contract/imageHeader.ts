import type { Size } from './size';

/**
 * The type of an image, read from its first bytes: SiliconFlow serves every image as
 * `application/octet-stream`, and a file name can be wrong.
 */
export interface ImageType {
	readonly mimeType: string;
	/** Without the dot. */
	readonly extension: string;
}

/** How many leading bytes show that no image comes. */
export const IMAGE_START_BYTES = 16;

/** How many leading bytes `imageTypeOf` looks at: enough for the brands of a HEIF file. */
export const IMAGE_TYPE_BYTES = 64;

const PNG: ImageType = { mimeType: 'image/png', extension: 'png' };
const JPEG: ImageType = { mimeType: 'image/jpeg', extension: 'jpg' };
const WEBP: ImageType = { mimeType: 'image/webp', extension: 'webp' };
const GIF: ImageType = { mimeType: 'image/gif', extension: 'gif' };
const BMP: ImageType = { mimeType: 'image/bmp', extension: 'bmp' };
const TIFF: ImageType = { mimeType: 'image/tiff', extension: 'tiff' };
const AVIF: ImageType = { mimeType: 'image/avif', extension: 'avif' };
const HEIC: ImageType = { mimeType: 'image/heic', extension: 'heic' };

/** Brands of HEIF files by what their pixels are encoded with, as single images and as sequences. */
const AVIF_BRANDS = ['avif', 'avis', 'avio'];
const HEIC_BRANDS = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs'];
/** Brands that say how the file is built and leave it to the others what is in it. */
const HEIF_BRANDS = ['mif1', 'mif2', 'msf1', 'miaf'];

/** Type of the image that starts with these bytes, or undefined when no known image starts so. */
export function imageTypeOf(bytes: Buffer): ImageType | undefined {
	const head = bytes.toString('latin1', 0, IMAGE_TYPE_BYTES);
	if (head.startsWith('\x89PNG\r\n\x1a\n')) return PNG;
	if (head.startsWith('\xff\xd8\xff')) return JPEG;
	if (head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP') return WEBP;
	if (head.startsWith('GIF87a') || head.startsWith('GIF89a')) return GIF;
	// 'BM' alone also begins ordinary texts; the four reserved bytes of the header are always zero.
	if (head.startsWith('BM') && head.slice(6, 10) === '\0\0\0\0') return BMP;
	// The larger one is BigTIFF.
	if (['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].includes(head.slice(0, 4))) return TIFF;
	return head.slice(4, 8) === 'ftyp' ? heifTypeOf(bytes, head) : undefined;
}

/** AVIF and HEIC are built alike. A file names its brand, and behind it those that it also is. */
function heifTypeOf(bytes: Buffer, head: string): ImageType | undefined {
	const brand = head.slice(8, 12);
	if (AVIF_BRANDS.includes(brand)) return AVIF;
	if (HEIC_BRANDS.includes(brand)) return HEIC;
	if (!HEIF_BRANDS.includes(brand)) return undefined;
	const end = Math.min(bytes.readUInt32BE(0), head.length);
	for (let at = 16; at + 4 <= end; at += 4) {
		const other = head.slice(at, at + 4);
		if (AVIF_BRANDS.includes(other)) return AVIF;
		if (HEIC_BRANDS.includes(other)) return HEIC;
	}
	return HEIC;
}

/** Types that every model takes; the service says of no other that it does. */
export const SAFE_TYPES = 'PNG, JPEG and WebP';

/** What people call the type of an input image that may not be taken, such as "HEIC"; or undefined. */
export function unsafeTypeName(mimeType: string): string | undefined {
	const isSafe = [PNG, JPEG, WEBP].some((type) => type.mimeType === mimeType);
	return isSafe ? undefined : mimeType.replace(/^image\//, '').toUpperCase();
}

/** The same of base64 text, of which only the beginning is decoded. */
export function imageTypeOfBase64(text: string): ImageType | undefined {
	return imageTypeOf(Buffer.from(text.slice(0, IMAGE_TYPE_BYTES * 2), 'base64'));
}

/**
 * How many leading bytes `imageDimensionsOf` looks at, but for the Exif of PNG and WebP, which may stand
 * at the end. All formats but JPEG need 30. A JPEG has its size behind its metadata, of which cameras and
 * editors write some hundred kilobytes at most.
 */
const IMAGE_DIMENSIONS_BYTES = 512 * 1024;

/**
 * Width and height of a PNG, JPEG, WebP, GIF or BMP image, read from its header. Nothing is decoded, so
 * it costs next to nothing, and the bytes may be anything.
 *
 * Where Exif says that the image lies on its side, they are swapped. Cameras store a portrait that way;
 * browsers, viewers and the usual loaders of models (`exif_transpose`) turn it upright, so the stored
 * width and height are not what anybody sees. The service's own images have no Exif.
 *
 * @returns both at least 1, as people see the image; undefined for other formats, and where the header
 * is incomplete or makes no sense
 */
export function imageDimensionsOf(bytes: Buffer): Size | undefined {
	const head = bytes.subarray(0, IMAGE_DIMENSIONS_BYTES);
	const found = readHeader(head, bytes);
	return found && found.width > 0 && found.height > 0 ? found : undefined;
}

function readHeader(head: Buffer, bytes: Buffer): Size | undefined {
	switch (imageTypeOf(head)?.extension) {
		case 'png':
			return turned(pngDimensions(head), () => exifOfPng(bytes));
		case 'jpg':
			return jpegDimensions(head);
		case 'webp':
			return turned(webpDimensions(head), () => exifOfWebp(bytes));
		case 'gif':
			// The logical screen, on which the frames are drawn.
			return head.length < 10
				? undefined
				: { width: head.readUInt16LE(6), height: head.readUInt16LE(8) };
		case 'bmp':
			return bmpDimensions(head);
	}
	return undefined;
}

function pngDimensions(head: Buffer): Size | undefined {
	if (head.length < 24 || head.toString('latin1', 12, 16) !== 'IHDR') return undefined;
	// Negative values are above what PNG allows, and are left out with zero.
	return { width: head.readInt32BE(16), height: head.readInt32BE(20) };
}

/** The three kinds of WebP: lossy, lossless, and extended with metadata or transparency. */
function webpDimensions(head: Buffer): Size | undefined {
	if (head.length < 30) return undefined;
	switch (head.toString('latin1', 12, 16)) {
		case 'VP8 ': {
			const startsKeyFrame = head.readUIntBE(23, 3) === 0x9d012a;
			if (!startsKeyFrame) return undefined;
			// The upper two bits ask for scaling, which decoders ignore.
			return { width: head.readUInt16LE(26) & 0x3fff, height: head.readUInt16LE(28) & 0x3fff };
		}
		case 'VP8L': {
			if (head[20] !== 0x2f) return undefined;
			const bits = head.readUInt32LE(21);
			return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
		}
		case 'VP8X':
			return { width: head.readUIntLE(24, 3) + 1, height: head.readUIntLE(27, 3) + 1 };
	}
	return undefined;
}

/** The size as people see it, by the Exif that an image has. */
function turned(size: Size | undefined, exif: () => Buffer | undefined): Size | undefined {
	const found = size && exif();
	if (!found || !isOnItsSide(withoutExifHead(found))) return size;
	return { width: size.height, height: size.width };
}

/** More chunks than any image has, so that a file of empty ones costs no more than others. */
const MAX_CHUNKS = 50_000;

/** Exif stands in a chunk of its own, before the pixels or behind them. */
function exifOfPng(bytes: Buffer): Buffer | undefined {
	let at = 8;
	for (let i = 0; i < MAX_CHUNKS && at + 12 <= bytes.length; i++) {
		const length = bytes.readUInt32BE(at);
		const name = bytes.toString('latin1', at + 4, at + 8);
		if (name === 'eXIf') return bytes.subarray(at + 8, at + 8 + length);
		if (name === 'IEND') return undefined;
		at += 12 + length;
	}
	return undefined;
}

/** The flag of an extended WebP by which decoders look for Exif at all. */
const HAS_EXIF = 0x08;

/** Exif stands in a chunk of its own, behind the pixels. */
function exifOfWebp(bytes: Buffer): Buffer | undefined {
	if (bytes.toString('latin1', 12, 16) !== 'VP8X' || !(bytes[20] & HAS_EXIF)) return undefined;
	let at = 12;
	for (let i = 0; i < MAX_CHUNKS && at + 8 <= bytes.length; i++) {
		const length = bytes.readUInt32LE(at + 4);
		if (bytes.toString('latin1', at, at + 4) === 'EXIF') {
			return bytes.subarray(at + 8, at + 8 + length);
		}
		// A chunk of odd length has a byte more.
		at += 8 + length + (length % 2);
	}
	return undefined;
}

/** The header of OS/2, or one of the later ones, whose height is negative when rows go downwards. */
function bmpDimensions(head: Buffer): Size | undefined {
	if (head.length < 26) return undefined;
	const headerBytes = head.readUInt32LE(14);
	if (headerBytes === 12) return { width: head.readUInt16LE(18), height: head.readUInt16LE(20) };
	if (headerBytes < 16) return undefined;
	return { width: head.readInt32LE(18), height: Math.abs(head.readInt32LE(22)) };
}

/** What a segment of a JPEG is called, by its second byte. */
const APP1 = 0xe1;
const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;

/** Start of frame: C0 to CF without the tables (C4, CC) and the one that was never used (C8). */
const isStartOfFrame = (marker: number) =>
	marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** Marks without content: restarts, and one for arithmetic coding. */
const isBare = (marker: number) => (marker >= 0xd0 && marker <= 0xd8) || marker === 0x01;

const EXIF = 'Exif\0\0';
const ORIENTATION = 0x0112;
const SHORT = 3;

/**
 * Width and height of a JPEG, from its start of frame, which stands behind the metadata, among which is
 * the Exif.
 *
 * @param bytes of a JPEG, or the beginning of one
 * @returns undefined where there is no start of frame in them
 */
function jpegDimensions(bytes: Buffer): Size | undefined {
	let liesOnItsSide: boolean | undefined;
	let at = 2;
	while (at + 4 <= bytes.length) {
		if (bytes[at] !== 0xff) return undefined;
		const marker = bytes[at + 1];
		// Any number of FF may stand before a mark.
		if (marker === 0xff) {
			at += 1;
			continue;
		}
		if (isBare(marker)) {
			at += 2;
			continue;
		}
		if (marker === START_OF_SCAN || marker === END_OF_IMAGE) return undefined;
		const length = bytes.readUInt16BE(at + 2);
		const content = bytes.subarray(at + 4, at + 2 + length);
		if (isStartOfFrame(marker)) {
			if (content.length < 5) return undefined;
			const [height, width] = [content.readUInt16BE(1), content.readUInt16BE(3)];
			return liesOnItsSide ? { width: height, height: width } : { width, height };
		}
		// The first Exif counts.
		if (marker === APP1 && startsWithExif(content)) {
			liesOnItsSide ??= isOnItsSide(withoutExifHead(content));
		}
		at += 2 + Math.max(2, length);
	}
	return undefined;
}

/** Exif begins with its name in a JPEG, where XMP stands in the same kind of segment. */
const startsWithExif = (bytes: Buffer) => bytes.toString('latin1', 0, EXIF.length) === EXIF;

/** In other formats it has no name, although some programs write it. */
const withoutExifHead = (bytes: Buffer) =>
	startsWithExif(bytes) ? bytes.subarray(EXIF.length) : bytes;

/** Whether Exif says that the image is turned by a quarter, which its orientations 5 to 8 mean. */
function isOnItsSide(tiff: Buffer): boolean {
	if (tiff.length < 8) return false;
	const isLittle = tiff.toString('latin1', 0, 2) === 'II';
	const short = (at: number) => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
	const start = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
	if (start + 2 > tiff.length) return false;
	const entries = short(start);
	for (let i = 0; i < entries; i++) {
		const at = start + 2 + i * 12;
		if (at + 12 > tiff.length) return false;
		if (short(at) !== ORIENTATION) continue;
		const orientation = short(at + 8);
		return short(at + 2) === SHORT && orientation >= 5 && orientation <= 8;
	}
	return false;
}
