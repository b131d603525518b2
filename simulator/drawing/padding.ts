import { randomBytes } from 'node:crypto';
import type { ImageFormat } from './image';
import { pngChunk } from './png';

/** The closing chunk of a PNG: length, name and checksum, without data. */
const PNG_END_BYTES = 12;
const CHUNK_OVERHEAD_BYTES = 12;

/** Enlarges a PNG by a private chunk of noise, which readers skip. */
function padPng(png: Buffer, bytes: number): Buffer {
	const noise = randomBytes(Math.max(0, bytes - png.length - CHUNK_OVERHEAD_BYTES));
	const end = png.length - PNG_END_BYTES;
	return Buffer.concat([png.subarray(0, end), pngChunk('noSe', noise), png.subarray(end)]);
}

const LARGEST_COMMENT_BYTES = 65_533;

/** Enlarges a JPEG by comments of noise after its first marker. */
function padJpeg(jpeg: Buffer, bytes: number): Buffer {
	const parts = [jpeg.subarray(0, 2)];
	for (let missing = bytes - jpeg.length; missing > 4; ) {
		const noise = randomBytes(Math.min(missing - 4, LARGEST_COMMENT_BYTES));
		const head = Buffer.from([0xff, 0xfe, 0, 0]);
		head.writeUInt16BE(noise.length + 2, 2);
		parts.push(head, noise);
		missing -= noise.length + 4;
	}
	return Buffer.concat([...parts, jpeg.subarray(2)]);
}

/** The image in a valid file of about `bytes` bytes; unchanged if it is already larger. */
export function padImage(image: Buffer, format: ImageFormat, bytes: number): Buffer {
	if (image.length + CHUNK_OVERHEAD_BYTES >= bytes) return image;
	return format === 'png' ? padPng(image, bytes) : padJpeg(image, bytes);
}
