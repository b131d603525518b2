/* eslint-disable @n8n/community-nodes/no-restricted-globals */
import { readBase64 } from '../nodes/SiliconFlowImage/contract/base64';
import { imageDimensionsOf } from '../nodes/SiliconFlowImage/contract/imageHeader';
import { Sanitizer } from '../nodes/SiliconFlowImage/contract/sanitize';
import type { Measured } from './time';

/** What comes in: input images as base64 text, their headers, and long values that messages quote. */

const MB = 1024 * 1024;
/** The largest input image, and half of it. */
const SIZES = [20 * MB, 10 * MB] as const;
const TARGET_MS = 600;
/** Twice the input may take twice the time, and something for garbage collection. */
const TARGET_GROWTH = 3;

/** Bytes that look random and are the same each time. */
function noise(length: number): Buffer {
	const bytes = Buffer.allocUnsafe(length);
	let state = 1;
	for (let i = 0; i < length; i++) {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		bytes[i] = state >>> 24;
	}
	return bytes;
}

function pngChunk(name: string, content: Buffer): Buffer {
	const chunk = Buffer.alloc(12 + content.length);
	chunk.writeUInt32BE(content.length, 0);
	chunk.write(name, 4, 'latin1');
	content.copy(chunk, 8);
	return chunk;
}

/** Of about so many bytes; its check sums are wrong, which shows at the end of its only chunk. */
const png = (length: number) =>
	Buffer.concat([
		Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
		pngChunk('IDAT', noise(length - 40)),
		pngChunk('IEND', Buffer.alloc(0)),
	]);

const webp = (length: number) => {
	const size = Buffer.alloc(4);
	size.writeUInt32LE(length - 8);
	const head = [Buffer.from('RIFF'), size, Buffer.from('WEBPVP8 ')];
	return Buffer.concat([...head, noise(length - 16)]);
};

/** Pixels of a JPEG in which every second byte is a mark, so that each has to be looked at. */
const jpeg = (length: number) =>
	Buffer.concat([
		Buffer.from([0xff, 0xd8, 0xff, 0xda, 0, 2]),
		Buffer.alloc(length - 8, Buffer.from([0xff, 0])),
		Buffer.from([0xff, 0xd9]),
	]);

/** A PNG of empty chunks, which are more than those of any image. */
const chunks = (length: number) =>
	Buffer.concat([
		Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
		pngChunk('IHDR', Buffer.from([0, 0, 0, 9, 0, 0, 0, 9, 8, 6, 0, 0, 0])),
		Buffer.alloc(length - 40, pngChunk('teSt', Buffer.alloc(0))),
	]);

const base64 = (bytes: Buffer) => bytes.toString('base64');
const folded = (text: string) => text.replace(/.{76}/g, '$&\r\n');
const asForm = (text: string) => text.replace(/\+/g, ' ');

const sanitizer = new Sanitizer('sk-abcdefghijklmnop');

/** What is measured, by parser: the input for a size, and what reads it. */
const CASES: ReadonlyArray<
	readonly [parser: string, input: (bytes: number) => unknown, read: (input: never) => unknown]
> = [
	['base64 of a PNG', (bytes) => base64(png(bytes)), readBase64],
	['base64 in lines', (bytes) => folded(base64(webp(bytes))), readBase64],
	['base64 of a PNG from a form', (bytes) => asForm(base64(png(bytes))), readBase64],
	['base64 of a WebP from a form', (bytes) => asForm(base64(webp(bytes))), readBase64],
	[
		'base64 of a JPEG with blanks',
		(bytes) => folded(base64(jpeg(bytes))).replace(/\s+/g, ' '),
		readBase64,
	],
	['base64 of a PNG of empty chunks', (bytes) => base64(chunks(bytes)), readBase64],
	['width and height', chunks, imageDimensionsOf],
	['a quoted text', (bytes) => 'x<'.repeat(bytes / 2), (text: string) => sanitizer.value(text)],
	[
		'a quoted list',
		(bytes) => Array(bytes / 8).fill('x'),
		(list: unknown[]) => sanitizer.value(list),
	],
];

/** Computing time in milliseconds, best of five: all of it blocks, and other work on the machine adds nothing. */
function bestOf(read: () => unknown): number {
	const times = [1, 2, 3, 4, 5].map(() => {
		const start = process.cpuUsage();
		read();
		const { user, system } = process.cpuUsage(start);
		return (user + system) / 1000;
	});
	return Math.min(...times);
}

/** How long each parser of what comes in blocks the event loop, with the largest input; best of five. */
export function measureIncoming(): Measured[] {
	return CASES.map(([parser, input, read]) => {
		const [largest, half] = SIZES.map((bytes) => {
			const made = input(bytes);
			// What a pattern has written is a tree of pieces, which the first reader would put together.
			const given = (
				typeof made === 'string' ? Buffer.from(made).toString('latin1') : made
			) as never;
			return bestOf(() => read(given));
		});
		// Below this, the memory that is touched for the first time matters more than the work.
		const growth = largest < 50 ? 0 : largest / half;
		return {
			name: `longest block by ${parser}, 20 MB`,
			node: `${largest.toFixed(1)} ms`,
			floor: `${half.toFixed(1)} ms (10 MB)`,
			result: growth === 0 ? 'too short to tell' : `${growth.toFixed(2)} x that of 10 MB`,
			target: `<= ${TARGET_MS} ms, <= ${TARGET_GROWTH} x`,
			met: largest <= TARGET_MS && growth <= TARGET_GROWTH,
		};
	});
}
