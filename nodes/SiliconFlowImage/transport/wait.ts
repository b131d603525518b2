/**
 * Longest time between two looks at whether to go on, in milliseconds. n8n gives nodes a plain sleep
 * only, and a cancelled run has to end within a second.
 */
export const SLICE_MS = 100;

/** The time, so that tests can have it in their hands. */
export interface Clock {
	/** Milliseconds since 1970. */
	now(): number;
	sleep(milliseconds: number): Promise<void>;
}

export const systemClock: Clock = {
	now: () => Date.now(),
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
