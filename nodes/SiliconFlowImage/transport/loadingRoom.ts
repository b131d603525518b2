/** How many requests may load their input images at a time before they are sent. */
const MAX_LOADING = 2;
/** A request that takes longer to load, or to be answered, does not keep others from loading. */
export const SLOW_MS = 1_000;
/** No further request loads while those that were just sent hold more. */
const MAX_SENT_BYTES = 16 * 1024 * 1024;

/** Whether there is room in memory for the input images of one more request. */
export class LoadingRoom {
	/** Requests that were sent with input images and are not answered yet. */
	private sent: Array<{ readonly at: number; readonly bytes: number }> = [];

	/**
	 * A request is sent.
	 *
	 * @param now in milliseconds since 1970
	 * @param bytes what its input images hold
	 * @returns to be called when it is answered
	 */
	depart(now: number, bytes: number): () => void {
		const sent = { at: now, bytes };
		this.sent = [...this.recent(now), sent];
		return () => (this.sent = this.sent.filter((other) => other !== sent));
	}

	/**
	 * @param loading how many requests load, or have loaded and could leave; slow ones do not count
	 * @param isLimited whether the service limits the rate, so that one at a time is enough
	 */
	isFull(now: number, loading: number, isLimited: boolean): boolean {
		if (loading >= (isLimited ? 1 : MAX_LOADING)) return true;
		return this.recent(now).reduce((sum, { bytes }) => sum + bytes, 0) > MAX_SENT_BYTES;
	}

	private recent(now: number) {
		return this.sent.filter(({ at }) => at > now - SLOW_MS);
	}
}
