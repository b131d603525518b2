/** Multiple of three, so that the base64 of every slice but the last ends without padding. */
const SLICE_BYTES = 3 * 64 * 1024;

/**
 * An input image that travels inside the request, as a data URL in base64. It is kept as bytes until
 * the body is written: as text it would take a third more, several times over.
 */
export class InlineImage {
	constructor(
		readonly mimeType: string,
		readonly bytes: Buffer,
	) {}

	/** The data URL, for whoever needs it as a value. */
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
	 * @returns the offset behind it
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
