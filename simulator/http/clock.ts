/* eslint-disable @n8n/community-nodes/no-restricted-globals */
// Timers are taken when this file loads: a test that stops them for the node under test does not
// thereby stop the service it talks to. The time of day is the test's, so that a limit per minute
// and the life of a link pass on the same clock for both.
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
		// No timer waits longer than this; a longer one would fire at once.
		const timer = setRealTimeout(finish, Math.min(milliseconds, 2_147_483_647));
		signal.addEventListener('abort', finish);
	});
}
