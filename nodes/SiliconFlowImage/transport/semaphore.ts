/** Limits how much work is under way at once. Who comes next is decided by those who wait. */
export class Semaphore {
	private taken = 0;

	private readonly listeners = new Set<() => void>();

	/** @param slots how much work may be under way at once, at least 1 */
	constructor(private readonly slots: number) {}

	get hasFree(): boolean {
		return this.taken < this.slots;
	}

	/** Takes a slot that is free. */
	take(): void {
		this.taken++;
	}

	/** Gives a slot back and tells those who wait. */
	release(): void {
		this.taken--;
		for (const listener of this.listeners) listener();
	}

	/** Calls the listener whenever a slot becomes free. */
	onRelease(listener: () => void): void {
		this.listeners.add(listener);
	}
}
