import { VirtualClock } from '../../../harness/simulatedTime/virtualClock';
import {
	attempt,
	NO_RETRIES,
	type AttemptOptions,
} from '../../../nodes/SiliconFlowImage/transport/attempt';
import type { NoAnswer } from '../../../nodes/SiliconFlowImage/transport/outcome';
import type { Permit } from '../../../nodes/SiliconFlowImage/transport/permitQueue';
import type { Reply } from '../../../nodes/SiliconFlowImage/transport/postImages';

/** What is sent again after which outcome, and after what wait. The rest is paid for twice. */

const reply = (status: number): Reply => ({ kind: 'reply', status, text: '{}' });

/**
 * Attempts with this outcome until it is not repeated.
 *
 * @returns the wait after each attempt that is repeated, in milliseconds, and what the permits were told
 */
async function attempts(outcome: Reply | NoAnswer, retryOnTimeout: boolean) {
	const clock = new VirtualClock();
	const waits: number[] = [];
	const told: string[] = [];
	const tell = (what: string) => () => void told.push(what);
	const permit = {
		kind: 'permit',
		images: 1,
		accepted: tell('accepted'),
		rejected: tell('rejected'),
		inconclusive: tell('inconclusive'),
		release: tell('release'),
	} as Permit;
	let retries = NO_RETRIES;
	while (waits.length < 9) {
		const began = clock.now();
		const options = { retries, retryOnTimeout, shouldStop: () => false } as AttemptOptions;
		const end = await clock.run(attempt(permit, async () => outcome, options, clock));
		if (end.kind !== 'again') break;
		retries = end.retries;
		waits.push(clock.now() - began);
	}
	return { waits, told: [...new Set(told)] };
}

const timeout: NoAnswer = { kind: 'timeout' };
const cut: NoAnswer = { kind: 'cut', code: 'ECONNRESET' };
const unreachable: NoAnswer = { kind: 'unreachable', code: 'ECONNREFUSED' };
const PROCESSED = [reply(408), reply(500), reply(502), reply(504), timeout, cut];

it.each(PROCESSED)('It may have been processed, so it is not repeated: %j', async (outcome) => {
	expect(await attempts(outcome, false)).toStrictEqual({ waits: [], told: ['inconclusive'] });
});

it.each(PROCESSED)('It is repeated three times if the user wants that: %j', async (outcome) => {
	const { waits } = await attempts(outcome, true);

	expect(waits).toStrictEqual([2_000, 4_000, 8_000]);
});

it.each([false, true])(
	'No connection is tried twice more, whatever the user wants: %s',
	async (on) => {
		expect((await attempts(unreachable, on)).waits).toStrictEqual([2_000, 4_000]);
	},
);

it.each([400, 401, 402, 403, 404, 410, 413, 451])('%s is the end', async (status) => {
	expect(await attempts(reply(status), true)).toStrictEqual({ waits: [], told: ['inconclusive'] });
});

it('200 is the end, and took a place of the rate limit', async () => {
	expect(await attempts(reply(200), true)).toStrictEqual({ waits: [], told: ['accepted'] });
});

it.each([429, 503])('%s waits for its next permit, and not here', async (status) => {
	const { waits, told } = await attempts(reply(status), false);

	expect(waits).toStrictEqual(Array(9).fill(0));
	expect(told).toStrictEqual(['rejected']);
});
