/* eslint-disable @n8n/community-nodes/no-restricted-globals */
import type { Simulator } from '../../simulator';

/** Kept from before the clock is replaced. */
const realTimeout = setTimeout;
const pause = async (milliseconds: number) =>
	await new Promise((resolve) => realTimeout(resolve, milliseconds));

/** How far the clock leaps before the next look at the simulator. */
const STEP_MS = 300;

/**
 * Runs work on a clock that stands still while the simulator is answering and leaps ahead while
 * everybody waits, so that a minute of back-off takes a moment. Sockets and the simulator keep to
 * real time.
 *
 * @returns what the work gave, and how many milliseconds passed on the virtual clock
 */
export async function inVirtualTime<T>(
	simulator: Simulator,
	work: () => Promise<T>,
): Promise<{ result: T; elapsedMs: number }> {
	jest.useFakeTimers({
		doNotFake: [
			'nextTick',
			'setImmediate',
			'clearImmediate',
			'queueMicrotask',
			'hrtime',
			'performance',
		],
	});
	try {
		const start = Date.now();
		let done = false;
		const running = work().finally(() => (done = true));
		// A rejection is handed on below; until then nobody listens.
		running.catch(() => {});
		for (let seen = -1; !done; seen = simulator.requests.length) {
			await pause(1);
			const quiet = simulator.inFlight === 0 && seen === simulator.requests.length;
			if (quiet) await jest.advanceTimersByTimeAsync(STEP_MS);
		}
		return { result: await running, elapsedMs: Date.now() - start };
	} finally {
		jest.useRealTimers();
	}
}
