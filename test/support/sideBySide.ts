import { sleep } from 'n8n-workflow';

/** So far apart work begins, because starting costs computing time that others would wait for. */
const APART_MS = 150;

/**
 * Work that waits in real time. All of it begins when the first result is asked for, so that together
 * it takes as long as the slowest and not as the sum. Each piece needs a simulator of its own. Tests
 * before that make sure that code is loaded, so that time-outs of a second are kept.
 *
 * @param cases one for each piece of work
 * @returns whether a case is one of them; its result, for the test that it belongs to; and a promise
 * that all have ended
 */
export function sideBySide<Case, Result>(
	cases: readonly Case[],
	work: (one: Case) => Promise<Result>,
): {
	has: (one: Case) => boolean;
	resultOf: (one: Case) => Promise<Result>;
	ended: () => Promise<void>;
} {
	const running = new Map<Case, Promise<Result>>();
	function begin() {
		for (const [i, one] of cases.entries()) {
			const result = sleep(i * APART_MS).then(async () => await work(one));
			// Prevents an unhandled rejection; the test of the case gets it.
			result.catch(() => {});
			running.set(one, result);
		}
	}
	const ended = async () => void (await Promise.allSettled(running.values()));
	afterAll(ended);
	return {
		has: (one) => cases.includes(one),
		resultOf: async (one) => {
			if (running.size === 0) begin();
			return await running.get(one)!;
		},
		ended,
	};
}
