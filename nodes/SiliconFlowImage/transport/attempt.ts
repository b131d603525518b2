import { isDailyLimit, retryAfterMs } from '../contract/rejection';
import { isSuccess, readFailure } from '../contract/response';
import type { Rejection } from './attemptLog';
import type { NoAnswer } from './outcome';
import type { GaveUp, Permit } from './permit';
import type { Reply } from './postImages';
import { systemClock, wait, type Clock } from './wait';

/** How often a request was repeated already, and why. */
export interface Retries {
	/** After no connection was made. */
	readonly unreachable: number;
	/** After it may have been processed. */
	readonly ambiguous: number;
}

/** How an attempt is made. */
export interface AttemptOptions {
	readonly retries: Retries;
	/** Whether to repeat a request that may have been processed and billed. */
	readonly retryOnTimeout: boolean;
	/** Whether it is no longer wanted. */
	readonly shouldStop: () => boolean;
}

/** How an attempt ended. */
export type AttemptEnd =
	/** The same images are to be asked for again, after so many retries. */
	| { readonly kind: 'again'; readonly retries: Retries; readonly batchFailed: boolean }
	| { readonly kind: 'answer'; readonly outcome: Reply | NoAnswer }
	| { readonly kind: 'notSent' }
	| { readonly kind: 'thrown'; readonly thrown: Error }
	| GaveUp;

/** A host that cannot be reached rarely comes back soon. */
const UNREACHABLE_RETRIES = 2;
/** Each of these retries may be billed. */
const AMBIGUOUS_RETRIES = 3;
const FIRST_WAIT_MS = 2_000;

/**
 * Sends a request that costs money, once, and tells whether it is to be sent again. That is so only
 * where it was certainly not processed:
 *
 * | outcome | what follows |
 * |---|---|
 * | 429 or 503 | another attempt with another permit, until Give Up After ends it |
 * | 429 with a daily limit | the end, for all requests that wait for this model |
 * | 400 because of the number of images, or 429 with several images | requests for single images |
 * | no connection | two more attempts, after 2 and 4 seconds |
 * | timeout, cut connection, 408, other 5xx | if wanted, three more attempts, after 2, 4 and 8 seconds; each may be billed |
 * | anything else | the end |
 *
 * It waits here before another attempt, in its slot, so that Concurrency holds for what may still be
 * processed.
 */
export async function attempt(
	permit: Permit,
	send: () => Promise<Reply | NoAnswer>,
	{ retries, retryOnTimeout, shouldStop }: AttemptOptions,
	clock: Clock = systemClock,
): Promise<AttemptEnd> {
	const outcome = shouldStop() ? undefined : await send().catch(asThrown);
	if (outcome === undefined || outcome.kind === 'thrown') {
		permit.inconclusive();
		return outcome ?? { kind: 'notSent' };
	}
	const isBatch = permit.images > 1;
	if (isRejection(outcome)) {
		const gaveUp = permit.rejected(outcome, rejectionOf(outcome, clock.now()));
		// A limit counts images, and may be smaller than a batch.
		const batchFailed = isBatch && outcome.status === 429;
		return gaveUp ?? { kind: 'again', retries, batchFailed };
	}
	if (outcome.kind === 'reply' && isSuccess(outcome.status)) permit.accepted();
	else permit.inconclusive();
	if (isBatch && refusesBatch(outcome)) return { kind: 'again', retries, batchFailed: true };
	const repeated = repeatedAfter(outcome, retries, retryOnTimeout);
	return repeated && (await wait(repeated.waitMs, shouldStop, clock))
		? { kind: 'again', retries: repeated.retries, batchFailed: false }
		: { kind: 'answer', outcome };
}

const asThrown = (thrown: Error) => ({ kind: 'thrown', thrown }) as const;

function isRejection(outcome: Reply | NoAnswer): outcome is Reply & { readonly status: 429 | 503 } {
	return outcome.kind === 'reply' && (outcome.status === 429 || outcome.status === 503);
}

function rejectionOf({ status, text, retryAfter }: Reply, now: number): Rejection {
	const isLasting = status === 429 && isDailyLimit(readFailure(text).message);
	return { status, retryAfterMs: retryAfterMs(retryAfter, now), isLasting };
}

/** Whether a reply refuses a request for the number of images in it. */
function refusesBatch(outcome: Reply | NoAnswer): boolean {
	if (outcome.kind !== 'reply' || outcome.status !== 400) return false;
	const { code, message } = readFailure(outcome.text);
	return code === 20035 || /batch[_ ]?size/i.test(message);
}

/** After which wait a request is sent once more; undefined if it is not. */
function repeatedAfter(
	outcome: Reply | NoAnswer,
	{ unreachable, ambiguous }: Retries,
	retryOnTimeout: boolean,
): { readonly retries: Retries; readonly waitMs: number } | undefined {
	if (outcome.kind === 'unreachable' && unreachable < UNREACHABLE_RETRIES) {
		const retries = { unreachable: unreachable + 1, ambiguous };
		return { retries, waitMs: FIRST_WAIT_MS * 2 ** unreachable };
	}
	if (retryOnTimeout && isAmbiguous(outcome) && ambiguous < AMBIGUOUS_RETRIES) {
		const retries = { unreachable, ambiguous: ambiguous + 1 };
		return { retries, waitMs: FIRST_WAIT_MS * 2 ** ambiguous };
	}
	return undefined;
}

/** Whether the service may have made the images although it did not hand them over. */
function isAmbiguous(outcome: Reply | NoAnswer): boolean {
	if (outcome.kind === 'reply') return outcome.status >= 500 || outcome.status === 408;
	return outcome.kind === 'timeout' || outcome.kind === 'cut';
}
