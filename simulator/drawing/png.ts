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

/**
 * Each byte as its difference from the byte above, without alpha; smooth areas become zeros. Of the
 * rows that enlarge one row of blocks, only the first has a difference.
 */
function filteredRows(blocks: Buffer, width: number, height: number, blockSize: number): Buffer {
	const rowLength = 1 + width * 3;
	const rows = Buffer.alloc(height * rowLength);
	const stride = Math.ceil(width / blockSize) * 4;
	let above: Buffer = Buffer.alloc(stride);
	for (let y = 0; y < height; y += 1) {
		let to = y * rowLength;
		rows[to++] = FILTER_UP;
		if (y % blockSize !== 0) continue;
		const from = (y / blockSize) * stride;
		const row = blocks.subarray(from, from + stride);
		for (let x = 0; x < width; x += 1) {
			const at = blockSize === 1 ? x * 4 : Math.floor(x / blockSize) * 4;
			rows[to++] = row[at] - above[at];
			rows[to++] = row[at + 1] - above[at + 1];
			rows[to++] = row[at + 2] - above[at + 2];
		}
		above = row;
	}
	return rows;
}

/**
 * Encodes opaque pixels (RGBA, row by row) as a PNG. The canvas's own encoder takes five times as
 * long. These images are looked at once, so speed matters more than size.
 *
 * @param blocks the pixels, each of which becomes a square of `blockSize` pixels
 * @param width of the PNG, in pixels
 * @param height of the PNG, in pixels
 */
export async function encodePng(
	blocks: Buffer,
	width: number,
	height: number,
	blockSize = 1,
): Promise<Buffer> {
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	header.set([EIGHT_BITS, TRUE_COLOUR], 8);
	const rows = filteredRows(blocks, width, height, blockSize);
	const packed = await compress(rows, { level: 1 });
	const chunks = [pngChunk('IHDR', header), pngChunk('IDAT', packed)];
	return Buffer.concat([SIGNATURE, ...chunks, pngChunk('IEND', Buffer.alloc(0))]);
}
