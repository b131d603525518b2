/* eslint-disable @n8n/community-nodes/no-restricted-globals */
import type { Simulator } from '../../simulator';

/** The real functions, kept before the clock is replaced. */
const realTimeout = setTimeout;
const pause = async (milliseconds: number) =>
	await new Promise((resolve) => realTimeout(resolve, milliseconds));

/** How far the clock jumps between two checks of the simulator. */
const STEP_MS = 300;

/**
 * How often the event loop turns between two checks. A request takes a few turns to be connected,
 * sent and read, and on a busy machine a turn may take longer than any pause.
 */
const TURNS = 8;

async function turnEventLoop(): Promise<void> {
	for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
	await pause(1);
}

/**
 * Runs work on a clock that stands still while the simulator is answering and jumps ahead while
 * nothing happens, so that a minute of back-off takes a moment. Sockets and the simulator use real
 * time.
 *
 * @param random stands in for Math.random, where a bound must not depend on chance
 * @returns the result of the work, and how many milliseconds passed on the virtual clock
 */
export async function inVirtualTime<T>(
	simulator: Simulator,
	work: () => Promise<T>,
	random?: () => number,
): Promise<{ result: T; elapsedMs: number }> {
	const chance = random && jest.spyOn(Math, 'random').mockImplementation(random);
	jest.useFakeTimers({
		doNotFake: ['nextTick', 'setImmediate', 'clearImmediate', 'queueMicrotask', 'hrtime'],
	});
	try {
		const start = Date.now();
		let done = false;
		const running = work().finally(() => (done = true));
		// Prevents an unhandled rejection; the await below rethrows it.
		running.catch(() => {});
		for (let seen = -1; !done; seen = simulator.requests.length) {
			await turnEventLoop();
			const quiet = simulator.inFlight === 0 && seen === simulator.requests.length;
			if (quiet) await jest.advanceTimersByTimeAsync(STEP_MS);
		}
		return { result: await running, elapsedMs: Date.now() - start };
	} finally {
		chance?.mockRestore();
		jest.useRealTimers();
	}
}
