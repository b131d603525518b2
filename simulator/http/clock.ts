/* eslint-disable @n8n/community-nodes/no-restricted-globals */
// The real timers, taken when this file loads: a test that replaces them for the node does not stop
// the service. The time of day stays under the test's control, so that rate limits and link expiry
// follow the same clock in both.
const setRealTimeout = globalThis.setTimeout;
const clearRealTimeout = globalThis.clearTimeout;

/** Milliseconds since 1970. */
export const now = (): number => Date.now();

/** Resolves after `milliseconds`, or as soon as `signal` aborts; never rejects. */
export async function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
	if (milliseconds <= 0 || signal.aborted) return;
	await new Promise<void>((resolve) => {
		const finish = () => {
			clearRealTimeout(timer);
			signal.removeEventListener('abort', finish);
			resolve();
		};
		// The longest delay a timer takes; a longer one would fire at once.
		const timer = setRealTimeout(finish, Math.min(milliseconds, 2_147_483_647));
		signal.addEventListener('abort', finish);
	});
}
