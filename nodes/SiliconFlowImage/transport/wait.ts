import { sleep } from 'n8n-workflow';

/** Longest time between two checks whether to go on, in milliseconds. */
const SLICE_MS = 100;

/**
 * Sleeps for part of a wait. n8n gives nodes only a plain sleep, and a cancelled run has to end
 * within a second, so a wait consists of slices with a check of the run between them.
 */
export async function sleepSlice(leftMs: number): Promise<void> {
	await sleep(Math.min(leftMs, SLICE_MS));
}

/**
 * Waits this many milliseconds, or less when `over` says that the wait is no longer needed.
 *
 * @returns whether the whole time has passed
 */
export async function wait(milliseconds: number, over: () => boolean): Promise<boolean> {
	const end = Date.now() + milliseconds;
	for (let left = milliseconds; !over(); left = end - Date.now()) {
		if (left <= 0) return true;
		await sleepSlice(left);
	}
	return false;
}
