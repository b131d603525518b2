import { isDailyLimit, retryAfterMs, type Rejection } from '../contract/rejection';
import { isSuccess, readFailure } from '../contract/response';
import type { NoAnswer } from './outcome';
import type { GaveUp } from './giveUp';
import type { Permit } from './permitQueue';
import type { Reply } from './postImages';
import { systemClock, wait, type Clock } from './wait';

/** How often a request was repeated already, and why. */
export interface Retries {
	/** After no connection was made. */
	readonly unreachable: number;
	/** After it may have been processed. */
	readonly ambiguous: number;
}

export const NO_RETRIES: Retries = { unreachable: 0, ambiguous: 0 };

/** How an attempt is made. */
export interface AttemptOptions {
	readonly retries: Retries;
	/** Whether to repeat a request that may have been processed and billed. */
	readonly retryOnTimeout: boolean;
	/** Whether it is no longer wanted. */
	readonly shouldStop: () => boolean;
	/** Is told when a request for several images failed because of their number. */
	readonly batches: Batches;
}

/** How an attempt ended. */
export type AttemptEnd =
	| { readonly kind: 'again'; readonly retries: Retries }
	| { readonly kind: 'answer'; readonly outcome: Reply | NoAnswer }
	| { readonly kind: 'notSent' }
	/** Thrown before the request left, unless it says otherwise. */
	| { readonly kind: 'thrown'; readonly thrown: Error; readonly mayBeSent?: boolean }
	| GaveUp;

/** A host that cannot be reached rarely comes back soon. */
const UNREACHABLE_RETRIES = 2;
/** Each of these retries may be billed. */
const AMBIGUOUS_RETRIES = 3;
const FIRST_WAIT_MS = 2_000;

/** How long batches are not tried again, in milliseconds. */
const UNTRIED_MS = 60 * 60_000;

/**
 * Whether several images may be asked for in one request of a model (`batch_size`). The contract has
 * the field, but the release note of 2026-09-30 says that it is gone, and whether it is ignored or
 * refused is not known. So it is tried once, and not again for an hour after a request that
 *
 * - was refused because of the field,
 * - brought fewer images than it asked for,
 * - was over the rate limit: a limit counts images, and may be smaller than a batch.
 */
export class Batches {
	private disabledAt = -Infinity;

	/**
	 * How many images to ask for at once.
	 *
	 * @param wanted images that are still needed, from 1
	 * @param most images that the model takes in a request, from 1
	 * @param now on the steady clock, in milliseconds
	 */
	size(wanted: number, most: number, now: number): number {
		return now < this.disabledAt + UNTRIED_MS ? 1 : Math.min(wanted, most);
	}

	/** A batch did not work: single requests from now on. */
	disable(now: number): void {
		this.disabledAt = now;
	}
}

/**
 * Makes one attempt at a request that costs money, and says whether its images are to be requested
 * again. They are only if the request was surely not processed, or if the user wants the risk:
 *
 * | outcome | what follows |
 * |---|---|
 * | 429 or 503 | another attempt with another permit, until Give Up After ends it |
 * | 429 with a daily limit | the end, for all requests that wait for this model |
 * | 400 because of the number of images | single requests |
 * | 429 to several images | the same as any 429, but single requests: a limit counts images |
 * | no connection | two more attempts, after 2 and 4 seconds |
 * | timeout, cut connection, 408, other 5xx | if the user wants it, three more attempts, after 2, 4 and 8 seconds; each may be billed |
 * | anything else | the end |
 *
 * The seconds of the last rows are waited here, in the slot of the request, so that Concurrency holds
 * for what may still be processed. A rejected request waits for its next permit in the queue.
 */
export async function attempt(
	permit: Permit,
	send: () => Promise<Reply | NoAnswer>,
	{ retries, retryOnTimeout, shouldStop, batches }: AttemptOptions,
	clock: Clock = systemClock,
): Promise<AttemptEnd> {
	// Another image of the run may have failed since the permit was given.
	if (shouldStop()) {
		permit.inconclusive();
		return { kind: 'notSent' };
	}
	const outcome = await send().catch(asThrown);
	if (outcome.kind === 'thrown') {
		permit.inconclusive();
		return outcome;
	}
	const isBatch = permit.images > 1;
	if (isRejection(outcome)) {
		// First, because the permit lets the next request go.
		if (isBatch && outcome.status === 429) batches.disable(clock.now());
		const rejection = rejectionOf(outcome, clock.timeOfDay());
		return permit.rejected(outcome, rejection) ?? { kind: 'again', retries };
	}
	const isRefused = isBatch && refusesBatch(outcome);
	if (isRefused) batches.disable(clock.now());
	if (outcome.kind === 'reply' && isSuccess(outcome.status)) permit.accepted();
	else permit.inconclusive();
	if (isRefused) return { kind: 'again', retries };
	const repeated = repeatedAfter(outcome, retries, retryOnTimeout);
	return repeated && (await wait(repeated.waitMs, shouldStop, clock))
		? { kind: 'again', retries: repeated.retries }
		: { kind: 'answer', outcome };
}

/** What was thrown, as the end of a request. */
export const asThrown = (thrown: Error) => ({ kind: 'thrown', thrown }) as const;

function isRejection(outcome: Reply | NoAnswer): outcome is Reply & { readonly status: 429 | 503 } {
	return outcome.kind === 'reply' && (outcome.status === 429 || outcome.status === 503);
}

function rejectionOf({ status, text, retryAfter, date }: Reply, timeOfDay: number): Rejection {
	const isLasting = status === 429 && isDailyLimit(readFailure(text).message);
	return { status, retryAfterMs: retryAfterMs(retryAfter, timeOfDay, date), isLasting };
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
export function isAmbiguous(outcome: Reply | NoAnswer): boolean {
	if (outcome.kind === 'reply') {
		return outcome.status === 408 || (outcome.status >= 500 && !isRejection(outcome));
	}
	return outcome.kind === 'timeout' || outcome.kind === 'cut';
}
