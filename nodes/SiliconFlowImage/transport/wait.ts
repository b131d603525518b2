import { sleep } from 'n8n-workflow';

/** Longest time between two looks at whether to go on, in milliseconds. */
const SLICE_MS = 100;

/**
 * Waits until `due` says zero, or until `over` says that nobody needs the wait any more. In slices,
 * because n8n gives nodes a plain sleep only, and a cancelled run has to end within a second.
 *
 * @param due milliseconds still to wait; asked again after each slice, so it may change
 * @returns whether the wait ended because it was due
 */
export async function waitUntil(due: () => number, over: () => boolean): Promise<boolean> {
	for (let left = due(); !over(); left = due()) {
		if (left <= 0) return true;
		await sleep(Math.min(left, SLICE_MS));
	}
	return false;
}

/** Waits so many milliseconds, or shorter when `over` says so. Returns whether it was the whole. */
export async function wait(milliseconds: number, over: () => boolean): Promise<boolean> {
	const end = Date.now() + milliseconds;
	return await waitUntil(() => end - Date.now(), over);
}
