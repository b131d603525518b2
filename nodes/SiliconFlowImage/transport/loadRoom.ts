/** What the input images of waiting requests may hold together in a process, in bytes. */
const MAX_BYTES = 64 * 1024 * 1024;
/** A request that loads for longer no longer keeps others from loading. */
const SLOW_LOAD_MS = 3_000;
/** Images that were sent are in memory until the service has read them, which takes no longer. */
const SENT_MS = 1_000;

/** The input images of one request. */
export interface Load {
	bytes: number;
	/** Until when they count. */
	until: number;
}

/**
 * Whether there is room in memory for the input images of one more request, over all queues of the
 * process. How much a request will hold is only known when it is loaded; until then it counts as
 * much as the one before. One request always has room.
 */
export class LoadRoom {
	private readonly loads = new Set<Load>();

	private expectedBytes = MAX_BYTES / 2;

	/** @returns undefined where there is no room now */
	begin(now: number): Load | undefined {
		let used = 0;
		for (const load of this.loads) {
			if (load.until <= now) this.loads.delete(load);
			else used += load.bytes;
		}
		if (used > 0 && used + this.expectedBytes > MAX_BYTES) return undefined;
		const load = { bytes: this.expectedBytes, until: now + SLOW_LOAD_MS };
		this.loads.add(load);
		return load;
	}

	loaded(load: Load, bytes: number): void {
		this.expectedBytes = bytes;
		this.loads.add(Object.assign(load, { bytes, until: Infinity }));
	}

	sent(load: Load | undefined, now: number): void {
		if (load) load.until = now + SENT_MS;
	}

	/** The images are no longer in memory. */
	end(load: Load | undefined): void {
		if (load) this.loads.delete(load);
	}
}
