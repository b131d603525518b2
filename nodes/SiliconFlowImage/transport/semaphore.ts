/** Limits how much work is under way at once. */
export class Semaphore {
	private taken = 0;

	private readonly listeners = new Set<() => void>();

	private readonly waiting: Array<() => void> = [];

	/** @param slots how much work may be under way at once, at least 1 */
	constructor(private readonly slots: number) {}

	get hasFree(): boolean {
		return this.taken < this.slots;
	}

	/** Takes a slot that is free. */
	take(): void {
		this.taken++;
	}

	/** Gives a slot back, to whoever waits longest in `use`, and tells the listeners otherwise. */
	release(): void {
		const next = this.waiting.shift();
		if (next) return next();
		this.taken--;
		for (const listener of this.listeners) listener();
	}

	/** Calls the listener whenever a slot becomes free. It decides who comes next. */
	onRelease(listener: () => void): void {
		this.listeners.add(listener);
	}

	/** Does some work in a slot, as soon as one is free; first come, first served. */
	async use<T>(work: () => Promise<T>): Promise<T> {
		if (this.hasFree) this.take();
		else await new Promise<void>((resolve) => this.waiting.push(resolve));
		try {
			return await work();
		} finally {
			this.release();
		}
	}
}
