/**
 * Longest time between two looks at whether to go on, in milliseconds. n8n gives nodes a plain sleep
 * only, and a cancelled run has to end within a second.
 */
export const SLICE_MS = 500;

/** The time, so that tests can have it in their hands. */
export interface Clock {
	/** Milliseconds on a clock that never jumps, from about 1970: for everything that takes time. */
	now(): number;
	/** The time of day, in milliseconds since 1970. Somebody may set it, back or forth. */
	timeOfDay(): number;
	sleep(milliseconds: number): Promise<void>;
}

/** A moment on both clocks, in milliseconds. */
export interface Moment {
	/** A clock that never jumps: all durations are measured on it. */
	readonly now: number;
	/** The time of day, since 1970: all that processes have in common. */
	readonly timeOfDay: number;
}

export const systemClock: Clock = {
	now: () => performance.timeOrigin + performance.now(),
	timeOfDay: () => Date.now(),
	// Loaded when first used, because what needs a clock alone should not need all of n8n-workflow.
	sleep: async (milliseconds) => await (await import('n8n-workflow')).sleep(milliseconds),
};

/**
 * Waits so many milliseconds, or shorter when the wait is no longer needed.
 *
 * @returns whether it was the whole wait
 */
export async function wait(
	milliseconds: number,
	shouldStop: () => boolean,
	clock: Clock = systemClock,
): Promise<boolean> {
	const end = clock.now() + milliseconds;
	for (let left = milliseconds; !shouldStop(); left = end - clock.now()) {
		if (left <= 0) return true;
		await clock.sleep(Math.min(left, SLICE_MS));
	}
	return false;
}

/** What the work brings, or undefined when it is no longer wanted: then nobody waits for it. */
export async function whileWanted<T>(
	work: Promise<T>,
	shouldStop: () => boolean,
	clock: Clock = systemClock,
): Promise<T | undefined> {
	let isDone = false;
	const done = work.finally(() => (isDone = true));
	const stopped = wait(Infinity, () => isDone || shouldStop(), clock);
	return await Promise.race([done, stopped.then(async () => (isDone ? await done : undefined))]);
}

/** Something that waits, as the loop sees it. */
export interface Waiting {
	/** When something may happen in it, on the steady clock. */
	readonly dueAt: number;
	/** That moment has come. */
	onDue(): void;
	/** A regular look, at least every `SLICE_MS`: whether everything that waits is still wanted. */
	onSlice(): void;
}

/** The one loop of a process in which everything waits. It sleeps while nothing does. */
export class WaitingLoop {
	private readonly all = new Set<Waiting>();

	private wakesAt = Infinity;

	private lookedAt = -Infinity;

	constructor(private readonly clock: Clock) {}

	/** Something waits, or may happen at another moment than before. */
	add(waiting: Waiting): void {
		if (this.all.size === 0) this.lookedAt = this.clock.now();
		this.all.add(waiting);
		this.wakeAt(Math.min(waiting.dueAt, this.lookedAt + SLICE_MS));
	}

	/** Nothing waits in it any more. */
	remove(waiting: Waiting): void {
		this.all.delete(waiting);
		if (this.all.size === 0) this.wakesAt = Infinity;
	}

	/** A sleep cannot be cut short, so an earlier moment gets one of its own, and the later ends idle. */
	private wakeAt(at: number): void {
		if (at >= this.wakesAt) return;
		this.wakesAt = at;
		const milliseconds = Math.max(0, at - this.clock.now());
		void this.clock.sleep(milliseconds).then(() => {
			if (this.wakesAt === at) this.look();
		});
	}

	private look(): void {
		this.wakesAt = Infinity;
		const now = this.clock.now();
		const isSlice = now >= this.lookedAt + SLICE_MS;
		if (isSlice) this.lookedAt = now;
		let next = this.lookedAt + SLICE_MS;
		for (const waiting of this.all) {
			if (isSlice) waiting.onSlice();
			else if (waiting.dueAt <= now) waiting.onDue();
			if (this.all.has(waiting)) next = Math.min(next, waiting.dueAt);
		}
		// A timer may be early by part of a millisecond, so there is always a step ahead.
		if (this.all.size > 0) this.wakeAt(Math.max(next, now + 1));
	}
}
