import type { Size } from './size';

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
 * Width and height of a JPEG, from its start of frame, which stands behind the metadata.
 *
 * Where Exif says that the image lies on its side, they are swapped. Cameras store a portrait that way;
 * browsers, viewers and the usual loaders of models (`exif_transpose`) turn it upright, so the stored
 * width and height are not what anybody sees. The service's own images have no Exif.
 *
 * @param bytes of a JPEG, or the beginning of one
 * @returns undefined where there is no start of frame in them
 */
export function jpegDimensions(bytes: Buffer): Size | undefined {
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
		if (marker === APP1) liesOnItsSide ??= isOnItsSide(content);
		at += 2 + Math.max(2, length);
	}
	return undefined;
}

/**
 * Whether Exif says that the image is turned by a quarter, which its orientations 5 to 8 mean.
 *
 * @returns undefined when the segment is no Exif, but for example XMP
 */
function isOnItsSide(segment: Buffer): boolean | undefined {
	if (segment.toString('latin1', 0, EXIF.length) !== EXIF) return undefined;
	const tiff = segment.subarray(EXIF.length);
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
