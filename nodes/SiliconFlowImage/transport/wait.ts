import { sleep } from 'n8n-workflow';

/** Longest time between two looks at whether to go on, in milliseconds. */
const SLICE_MS = 100;

/**
 * Sleeps for a part of a wait. n8n gives nodes a plain sleep only, and a cancelled run has to end
 * within a second, so a wait is made of slices with a look at the run between them.
 */
export async function sleepSlice(leftMs: number): Promise<void> {
	await sleep(Math.min(leftMs, SLICE_MS));
}

/**
 * Waits so many milliseconds, or shorter when `over` says that nobody needs the wait any more.
 *
 * @returns whether it was the whole wait
 */
export async function wait(milliseconds: number, over: () => boolean): Promise<boolean> {
	const end = Date.now() + milliseconds;
	for (let left = milliseconds; !over(); left = end - Date.now()) {
		if (left <= 0) return true;
		await sleepSlice(left);
	}
	return false;
}
