/* eslint-disable @n8n/community-nodes/no-restricted-globals */

/** Waits in real time for what a test needs; the time limit of the test ends a wait for nothing. */
export async function until(condition: () => boolean): Promise<void> {
	while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}
