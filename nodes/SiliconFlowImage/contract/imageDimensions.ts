import { imageTypeOf } from './imageFormat';
import { jpegDimensions } from './jpegDimensions';
import type { Size } from './size';

/**
 * How many leading bytes `imageDimensionsOf` looks at. All formats but JPEG need 30. A JPEG has its size
 * behind its metadata, of which cameras and editors write some hundred kilobytes at most.
 */
export const IMAGE_DIMENSIONS_BYTES = 512 * 1024;

/**
 * Width and height of a PNG, JPEG, WebP, GIF or BMP image, read from its first bytes. Nothing is
 * decoded, so it costs next to nothing, and the bytes may be anything.
 *
 * @returns both at least 1, as people see the image; undefined for other formats, and where the header
 * is incomplete or makes no sense
 */
export function imageDimensionsOf(bytes: Buffer): Size | undefined {
	const head = bytes.subarray(0, IMAGE_DIMENSIONS_BYTES);
	const found = readHeader(head);
	return found && found.width > 0 && found.height > 0 ? found : undefined;
}

function readHeader(head: Buffer): Size | undefined {
	switch (imageTypeOf(head)?.extension) {
		case 'png':
			return pngDimensions(head);
		case 'jpg':
			return jpegDimensions(head);
		case 'webp':
			return webpDimensions(head);
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

/** The header of OS/2, or one of the later ones, whose height is negative when rows go downwards. */
function bmpDimensions(head: Buffer): Size | undefined {
	if (head.length < 26) return undefined;
	const headerBytes = head.readUInt32LE(14);
	if (headerBytes === 12) return { width: head.readUInt16LE(18), height: head.readUInt16LE(20) };
	if (headerBytes < 16) return undefined;
	return { width: head.readInt32LE(18), height: Math.abs(head.readInt32LE(22)) };
}
