/**
 * Limits how much work runs at once, first come, first served. What is loaded inside a slot (input
 * images, downloaded images) is released with it, so memory depends on the number of slots.
 */
export class Semaphore {
	private free: number;

	private readonly queue: Array<() => void> = [];

	/** @param slots how much work may be under way at once, at least 1 */
	constructor(slots: number) {
		this.free = slots;
	}

	/** Runs the work as soon as a slot is free. */
	async use<T>(work: () => Promise<T>): Promise<T> {
		if (this.free > 0) this.free--;
		else await new Promise<void>((resolve) => this.queue.push(resolve));
		try {
			return await work();
		} finally {
			const next = this.queue.shift();
			if (next) next();
			else this.free++;
		}
	}
}
