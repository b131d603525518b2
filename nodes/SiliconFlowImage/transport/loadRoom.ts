/** What the input images of waiting requests may hold together in a process, in bytes. */
const MAX_BYTES = 64 * 1024 * 1024;
/** A request that loads for longer no longer keeps others from loading. */
const SLOW_LOAD_MS = 3_000;
/** Images that were sent are in memory until the service has read them, which takes no longer. */
const SENT_MS = 1_000;

/** The input images of one request. */
export interface Load {
	readonly state: 'loading' | 'loaded' | 'sent';
	readonly since: number;
	readonly bytes: number;
}

/**
 * Whether there is room in memory for the input images of one more request, over all queues of the
 * process. How much a request will hold is only known when it is loaded; until then it counts as
 * much as the one before. One request always has room.
 */
export class LoadRoom {
	private readonly loads = new Set<{ -readonly [Key in keyof Load]: Load[Key] }>();

	private expectedBytes = MAX_BYTES / 2;

	/** @returns undefined where there is no room now */
	begin(now: number): Load | undefined {
		let used = 0;
		for (const load of this.loads) {
			const { state, since, bytes } = load;
			if (state === 'sent' && now > since + SENT_MS) this.loads.delete(load);
			else if (state !== 'loading' || now <= since + SLOW_LOAD_MS) used += bytes;
		}
		if (used > 0 && used + this.expectedBytes > MAX_BYTES) return undefined;
		const load = { state: 'loading', since: now, bytes: this.expectedBytes } as const;
		this.loads.add(load);
		return load;
	}

	loaded(load: Load, now: number, bytes: number): void {
		this.expectedBytes = bytes;
		Object.assign(load, { state: 'loaded', since: now, bytes });
	}

	sent(load: Load, now: number): void {
		Object.assign(load, { state: 'sent', since: now });
	}

	/** The images are no longer in memory. */
	end(load: Load | undefined): void {
		if (load) this.loads.delete(load);
	}
}
