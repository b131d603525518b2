/** How long batches are not tried again, in milliseconds. */
const DISABLED_FOR_MS = 60 * 60_000;

/**
 * Whether several images may be asked for in one request of a model (`batch_size`). The contract has
 * the field, but the release note of 2026-09-30 says that it is gone, and whether it is ignored or
 * refused is not known. So it is tried once, and not again for an hour after a request that
 *
 * - was refused because of the field,
 * - brought fewer images than it asked for,
 * - was over the rate limit: a limit counts images, and may be smaller than a batch.
 */
export class Batches {
	private disabledAt = -Infinity;

	/**
	 * How many images to ask for at once.
	 *
	 * @param wanted images that are still needed, from 1
	 * @param most images that the model takes in a request, from 1
	 * @param now milliseconds since 1970
	 */
	size(wanted: number, most: number, now: number): number {
		return now < this.disabledAt + DISABLED_FOR_MS ? 1 : Math.min(wanted, most);
	}

	/** A batch did not work: single requests from now on. */
	disable(now: number): void {
		this.disabledAt = now;
	}
}
