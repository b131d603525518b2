import { imageTypeOf } from './imageHeader';

/**
 * Whether an image is there as a whole, as its own structure tells:
 * - `exact`: it ends where the bytes end
 * - `trailing`: something follows it, as phones and editors leave it at the end of a file
 * - `unended`: it has all but the mark of its end, which some cameras and encoders do not write, or it is
 *   cut off among its pixels; viewers show it either way
 * - `broken`: it is cut off, or bytes are missing in it
 * - `unknown`: the format says nothing about it, or has a structure that is not looked at
 */
export type Wholeness = 'exact' | 'trailing' | 'unended' | 'broken' | 'unknown';

/**
 * Reads the structure of a PNG, JPEG or WebP image. Nothing is decoded, and the time grows with the
 * number of bytes at most.
 *
 * @param isThorough whether what stands inside is looked at too: the check sums of a PNG, the marks
 * among the pixels of a JPEG. Otherwise only where the image ends
 */
export function wholenessOf(bytes: Buffer, isThorough: boolean): Wholeness {
	switch (imageTypeOf(bytes)?.extension) {
		case 'png':
			return wholenessOfPng(bytes, isThorough);
		case 'jpg':
			return wholenessOfJpeg(bytes, isThorough);
		case 'webp':
			return endsAt(bytes, 8 + bytes.readUInt32LE(4));
	}
	return 'unknown';
}

function endsAt({ length }: Buffer, end: number): Wholeness {
	if (end > length) return 'broken';
	return end === length ? 'exact' : 'trailing';
}

const PNG_SIGNATURE_BYTES = 8;
/** Of a chunk, besides its content: length, name and check sum. */
const CHUNK_BYTES = 12;

const IEND = Buffer.from('IEND').readUInt32BE();

/** Four Latin letters. */
function isChunkName(bytes: Buffer, start: number): boolean {
	for (let at = start; at < start + 4; at++) {
		const small = bytes[at] | 0x20;
		if (small < 0x61 || small > 0x7a) return false;
	}
	return true;
}

/** A PNG is a row of named chunks, each with its length and check sum; the last is IEND. */
function wholenessOfPng(bytes: Buffer, isThorough: boolean): Wholeness {
	let at = PNG_SIGNATURE_BYTES;
	while (at + CHUNK_BYTES <= bytes.length) {
		const nameAt = at + 4;
		const contentEnd = at + 8 + bytes.readUInt32BE(at);
		const name = bytes.readUInt32BE(nameAt);
		if (!isChunkName(bytes, nameAt) || contentEnd + 4 > bytes.length) return 'broken';
		if (isThorough && crc32(bytes, nameAt, contentEnd) !== bytes.readUInt32BE(contentEnd)) {
			return 'broken';
		}
		at = contentEnd + 4;
		if (name === IEND) return endsAt(bytes, at);
	}
	return 'broken';
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
	let value = byte;
	for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
	return value;
});

/** The check sum of PNG (annex D of its specification). Node's own is in a module that n8n forbids. */
function crc32(bytes: Buffer, start: number, end: number): number {
	let crc = 0xffffffff;
	for (let at = start; at < end; at++) crc = CRC_TABLE[(crc ^ bytes[at]) & 0xff] ^ (crc >>> 8);
	return (crc ^ 0xffffffff) >>> 0;
}

const MARK = 0xff;
const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;
const END = Buffer.from([MARK, END_OF_IMAGE]);

const isRestart = (mark: number) => mark >= 0xd0 && mark <= 0xd7;

/** Below it there are no marks that a file has, but for the bare one. */
const FIRST_MARK = 0xc0;

/** Marks without a length: restarts, the start of an image, and one for arithmetic coding. */
const isBare = (mark: number) => isRestart(mark) || mark === 0xd8 || mark === 0x01;

/**
 * A JPEG is a row of segments, each with its length, and of scans with the pixels, in which FF is
 * followed by 00, by a restart, or by the mark of what comes next. Its thumbnail is a JPEG inside a
 * segment, so its end is not taken for that of the image.
 */
function wholenessOfJpeg(bytes: Buffer, isThorough: boolean): Wholeness {
	let at = 2;
	while (at + 2 <= bytes.length) {
		if (bytes[at] !== MARK) return isThorough ? 'broken' : 'unknown';
		const mark = bytes[at + 1];
		if (mark === END_OF_IMAGE) return endsAt(bytes, at + 2);
		// Any number of FF may stand before a mark.
		if (mark === MARK || isBare(mark)) {
			at += mark === MARK ? 1 : 2;
			continue;
		}
		if (at + 4 > bytes.length) break;
		if (mark < FIRST_MARK) return isThorough ? 'broken' : 'unknown';
		at += 2 + Math.max(2, bytes.readUInt16BE(at + 2));
		if (mark !== START_OF_SCAN) continue;
		if (!isThorough) {
			const end = bytes.indexOf(END, at);
			if (end >= 0) return endsAt(bytes, end + 2);
			return at < bytes.length ? 'unended' : 'broken';
		}
		const scanAt = at;
		at = endOfScan(bytes, at);
		if (at > scanAt && at >= bytes.length - 1) return 'unended';
	}
	return 'broken';
}

/** Where the mark after the pixels of a scan stands, or what cannot be among them. */
function endOfScan(bytes: Buffer, start: number): number {
	for (let at = start; at < bytes.length; at++) {
		if (bytes[at] !== MARK) continue;
		const next = bytes[at + 1];
		if (next !== 0 && !isRestart(next)) return at;
	}
	return bytes.length;
}
