/**
 * Largest input image that is sent inside a request, wherever it comes from. SiliconFlow documents no
 * limit, and other clients send up to about 10 MB. While its request is under way, an image takes more
 * than twice its size in memory, and a request may have three.
 */
export const MAX_INPUT_MEGABYTES = 20;
/** A multiple of three, so that the base64 of every slice but the last has no padding. */
const SLICE_BYTES = 3 * 64 * 1024;

/**
 * An input image that is sent inside the request, as a base64 data URL. It is kept as bytes until
 * the body is written, because the text is a third longer and would be copied several times.
 */
export class InlineImage {
	constructor(
		readonly mimeType: string,
		readonly bytes: Buffer,
	) {}

	/** The data URL as text. */
	toJSON(): string {
		return `${this.prefix}${this.bytes.toString('base64')}`;
	}

	/** Length of the data URL in characters, all of them ASCII. */
	get length(): number {
		return this.prefix.length + Math.ceil(this.bytes.length / 3) * 4;
	}

	/**
	 * Writes the data URL.
	 *
	 * @returns the offset after it
	 */
	writeTo(target: Buffer, offset: number): number {
		let end = offset + target.write(this.prefix, offset, 'latin1');
		for (let start = 0; start < this.bytes.length; start += SLICE_BYTES) {
			const slice = this.bytes.subarray(start, start + SLICE_BYTES).toString('base64');
			end += target.write(slice, end, 'latin1');
		}
		return end;
	}

	private get prefix(): string {
		return `data:${this.mimeType};base64,`;
	}
}
