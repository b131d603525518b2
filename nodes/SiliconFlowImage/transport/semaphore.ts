/** Limits how much work is under way at once. */
export class Semaphore {
	protected taken = 0;

	private readonly waiting: Array<() => void> = [];

	/** @param slots how much work may be under way at once, at least 1 */
	constructor(private readonly slots: number) {}

	get hasFree(): boolean {
		return this.taken < this.slots;
	}

	/** Takes a slot that is free. */
	take(slots = 1): void {
		this.taken += slots;
	}

	/** Gives a slot back, and offers it to those who wait, in their order, until one takes it. */
	release(slots = 1): void {
		this.taken -= slots;
		while (this.hasFree && this.waiting.length > 0) this.waiting.shift()?.();
	}

	/** Calls once, when a slot is free. The caller takes it or leaves it to the next. */
	whenFree(offer: () => void): void {
		this.waiting.push(offer);
	}

	/** Does some work in a slot, as soon as one is free; first come, first served. */
	async use<T>(work: () => Promise<T>): Promise<T> {
		if (!this.hasFree)
			await new Promise<void>((resolve) => this.whenFree(() => resolve(this.take())));
		else this.take();
		try {
			return await work();
		} finally {
			this.release();
		}
	}
}
