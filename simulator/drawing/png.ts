/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { promisify } from 'node:util';
import { crc32, deflate } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const EIGHT_BITS = 8;
const TRUE_COLOUR = 2;
const FILTER_UP = 2;

const compress = promisify<Buffer, object, Buffer>(deflate);

/** One chunk of a PNG file: length, type, data and checksum. */
export function pngChunk(type: string, data: Buffer): Buffer {
	const chunk = Buffer.alloc(12 + data.length);
	chunk.writeUInt32BE(data.length, 0);
	chunk.write(type, 4, 'latin1');
	data.copy(chunk, 8);
	chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length);
	return chunk;
}

/** Each byte as its difference from the byte above, without alpha; smooth areas become zeros. */
function filteredRows(pixels: Buffer, width: number, height: number): Buffer {
	const rows = Buffer.alloc(height * (1 + width * 3));
	const stride = width * 4;
	let to = 0;
	let from = 0;
	for (let y = 0; y < height; y += 1) {
		rows[to++] = FILTER_UP;
		const above = y === 0 ? Buffer.alloc(stride) : pixels.subarray(from - stride, from);
		for (let x = 0; x < stride; x += 4, from += 4) {
			rows[to++] = pixels[from] - above[x];
			rows[to++] = pixels[from + 1] - above[x + 1];
			rows[to++] = pixels[from + 2] - above[x + 2];
		}
	}
	return rows;
}

/**
 * Encodes opaque pixels (RGBA, row by row) as a PNG. The canvas's own encoder takes five times as
 * long. These images are looked at once, so speed matters more than size.
 */
export async function encodePng(pixels: Buffer, width: number, height: number): Promise<Buffer> {
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	header.set([EIGHT_BITS, TRUE_COLOUR], 8);
	const rows = filteredRows(pixels, width, height);
	const packed = await compress(rows, { level: 1 });
	const chunks = [pngChunk('IHDR', header), pngChunk('IDAT', packed)];
	return Buffer.concat([SIGNATURE, ...chunks, pngChunk('IEND', Buffer.alloc(0))]);
}
