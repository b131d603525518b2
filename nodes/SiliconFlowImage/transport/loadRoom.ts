import { Semaphore } from './semaphore';
import type { Clock } from './wait';

/** What the input images of waiting requests may hold together in a process, in bytes. */
const MAX_BYTES = 64 * 1024 * 1024;
/** Small images are loaded sooner than large ones, so they say little about those that still load. */
const FORGETTING = 0.9;
/** A request that loads for longer no longer keeps others from loading. */
const SLOW_LOAD_MS = 3_000;
/** Images that were sent are in memory until the service has read them, which takes no longer. */
const SENT_MS = 1_000;

/** The input images of one request. */
export interface Load {
	/** How many bytes they count for now. */
	bytes: number;
	isLoaded: boolean;
}

/**
 * Room in memory for the input images of waiting requests, over all queues of the process. How much a
 * request will hold is only known when it is loaded; until then it counts as much as the largest of the latest.
 * One request always has room.
 */
export class LoadRoom extends Semaphore {
	private expectedBytes = MAX_BYTES / 2;

	constructor(private readonly clock: Clock) {
		super(MAX_BYTES);
	}

	override get hasFree(): boolean {
		return this.taken === 0 || this.taken + this.expectedBytes <= MAX_BYTES;
	}

	/** @param onSlow is called when it loads for long, or has not been loaded */
	begin(onSlow: () => void): Load {
		const load: Load = { bytes: this.expectedBytes, isLoaded: false };
		this.take(load.bytes);
		void this.clock.sleep(SLOW_LOAD_MS).then(() => {
			if (load.isLoaded) return;
			this.count(load, 0);
			onSlow();
		});
		return load;
	}

	loaded(load: Load, bytes: number): void {
		this.expectedBytes = Math.max(bytes, Math.floor(this.expectedBytes * FORGETTING));
		load.isLoaded = true;
		this.count(load, bytes);
	}

	sent(load: Load): void {
		void this.clock.sleep(SENT_MS).then(() => this.end(load));
	}

	/** The images are no longer in memory. */
	end(load: Load): void {
		this.count(load, 0);
	}

	private count(load: Load, bytes: number): void {
		this.release(load.bytes - bytes);
		load.bytes = bytes;
	}
}
