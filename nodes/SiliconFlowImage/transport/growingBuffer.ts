const FIRST_BYTES = 64 * 1024;

/**
 * Bytes that come in pieces, in one buffer, so that a large body is never held twice. If their number
 * is known, the buffer is allocated once; otherwise it doubles when it is full.
 */
export class GrowingBuffer {
	private buffer: Buffer;

	private used = 0;

	/** @param expected how many bytes will probably come */
	constructor(expected = FIRST_BYTES) {
		this.buffer = Buffer.allocUnsafe(expected);
	}

	add(piece: Buffer): void {
		const needed = this.used + piece.length;
		if (needed > this.buffer.length) {
			const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.buffer.length));
			this.buffer.copy(larger, 0, 0, this.used);
			this.buffer = larger;
		}
		piece.copy(this.buffer, this.used);
		this.used = needed;
	}

	/** What came so far; not a copy. */
	get bytes(): Buffer {
		return this.buffer.subarray(0, this.used);
	}
}
