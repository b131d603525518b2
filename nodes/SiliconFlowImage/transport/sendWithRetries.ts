import { isDailyLimit } from '../contract/dailyLimit';
import { retryAfterMs } from '../contract/retryAfter';
import type { AccountLimit } from './accountLimits';
import { refusesBatch } from './batches';
import type { NoAnswer } from './outcome';
import type { Candidate, NoPermit, Permit } from './permit';
import type { Rejection } from './attemptLog';
import type { Reply } from './request';
import { systemClock, wait, type Clock } from './wait';

/** What is to be sent, under which limit. */
export interface Sending {
	readonly limit: AccountLimit;
	readonly candidate: Omit<Candidate, 'since'>;
	/** Sends one request for so many images; called once per attempt, at the moment it leaves. */
	readonly send: (images: number) => Promise<Reply | NoAnswer>;
	/** Whether to repeat a request that may have been served and billed. */
	readonly retryOnTimeout: boolean;
}

/** What came of it. With an outcome the slot is still held, until the permit is released. */
export type Sent =
	| NoPermit
	| { readonly kind: 'sent'; readonly outcome: Reply | NoAnswer; readonly permit: Permit };

/** A host that cannot be reached rarely comes back soon. */
const UNREACHABLE_RETRIES = 2;
/** Each of these retries may be billed. */
const TIMEOUT_RETRIES = 3;
const FIRST_WAIT_MS = 2_000;

/**
 * Sends a request that costs money, and repeats it only where it was surely not served:
 *
 * | what came | what is done |
 * |---|---|
 * | 429 or 503 | it waits for another permit (`RateLimiter` says how long) until Give Up After ends it |
 * | 429 with a limit per day | all that wait for this model end |
 * | 400 because of its number of images, or 429 with several images | single requests |
 * | no connection | two more attempts, after 2 and 4 seconds |
 * | time-out, cut connection, 408, other 5xx | three more attempts, if the person wants that; each may be billed |
 * | anything else | nothing |
 *
 * @throws whatever loading the input throws
 */
export async function sendWithRetries(sending: Sending, clock: Clock = systemClock): Promise<Sent> {
	const { limit, candidate, send, retryOnTimeout } = sending;
	const since = clock.now();
	let unreachable = 0;
	let ambiguous = 0;
	for (;;) {
		const permit = await limit.queue.acquire({ ...candidate, since });
		if (permit.kind !== 'permit') return permit;
		let isKept = false;
		try {
			const outcome = await send(permit.images);
			if (isRejection(outcome)) {
				if (outcome.status === 429 && permit.images > 1) limit.batches.giveUp(clock.now());
				const reason = permit.rejected(outcome, rejectionOf(outcome, clock.now()));
				if (reason) return reason;
				continue;
			}
			if (isSuccess(outcome)) permit.accepted();
			else permit.forget();
			if (permit.images > 1 && isReply(outcome) && refusesBatch(outcome)) {
				limit.batches.giveUp(clock.now());
				continue;
			}
			const isRepeated =
				outcome.kind === 'unreachable'
					? unreachable++ < UNREACHABLE_RETRIES
					: retryOnTimeout && isAmbiguous(outcome) && ambiguous++ < TIMEOUT_RETRIES;
			const waitMs = FIRST_WAIT_MS * 2 ** (unreachable + ambiguous - 1);
			if (isRepeated && (await wait(waitMs, candidate.shouldStop, clock))) continue;
			isKept = true;
			return { kind: 'sent', outcome, permit };
		} finally {
			if (!isKept) permit.release();
		}
	}
}

const isReply = (outcome: Reply | NoAnswer): outcome is Reply => outcome.kind === 'reply';

function isRejection(outcome: Reply | NoAnswer): outcome is Reply {
	return outcome.kind === 'reply' && (outcome.status === 429 || outcome.status === 503);
}

function rejectionOf({ status, text, retryAfter }: Reply, now: number): Rejection {
	const isLasting = status === 429 && isDailyLimit(text.slice(0, 4000));
	return { status, retryAfterMs: retryAfterMs(retryAfter, now), isLasting };
}

function isSuccess(outcome: Reply | NoAnswer): outcome is Reply {
	return outcome.kind === 'reply' && outcome.status >= 200 && outcome.status < 300;
}

/** Whether the service may have made the images although it did not hand them over. */
function isAmbiguous(outcome: Reply | NoAnswer): boolean {
	if (outcome.kind === 'reply') return outcome.status >= 500 || outcome.status === 408;
	return outcome.kind === 'timeout' || outcome.kind === 'cut';
}
