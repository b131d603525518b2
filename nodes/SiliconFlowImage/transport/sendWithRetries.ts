import { readFailure } from '../contract/response';
import { retryAfterMs, isDailyLimit } from '../contract/rejection';
import type { AccountLimit } from './accountLimits';
import { refusesBatch } from './batches';
import type { NoAnswer } from './outcome';
import type { Denial, PermitRequest } from './permit';
import type { Rejection } from './attemptLog';
import type { Reply } from './request';
import { systemClock, wait, type Clock } from './wait';

/** What is to be sent, and under which limit. */
export interface SendTask {
	readonly limit: AccountLimit;
	readonly request: Omit<PermitRequest, 'queuedAt'>;
	/** Sends one request for so many images. Called once per attempt. */
	readonly send: (images: number) => Promise<Reply | NoAnswer>;
	/** Whether to repeat a request that may have been processed and billed. */
	readonly retryOnTimeout: boolean;
}

/** What came of it. */
export type SendResult = (
	| Denial
	| { readonly kind: 'answer'; readonly outcome: Reply | NoAnswer }
	| { readonly kind: 'thrown'; readonly thrown: Error }
) & {
	/** To be called when everything that follows is finished: until then, its slot is held. */
	readonly release: () => void;
};

/** A host that cannot be reached rarely comes back soon. */
const UNREACHABLE_RETRIES = 2;
/** Each of these retries may be billed. */
const TIMEOUT_RETRIES = 3;
const FIRST_WAIT_MS = 2_000;

/**
 * Sends a request that costs money, and repeats it only where it was certainly not processed:
 *
 * | outcome | what is done |
 * |---|---|
 * | 429 or 503 | it waits for another permit, until Give Up After ends it (see `RateLimiter`) |
 * | 429 with a daily limit | all requests that wait for this model end |
 * | 400 because of the number of images, or 429 with several images | requests for single images |
 * | no connection | two more attempts, after 2 and 4 seconds |
 * | timeout, cut connection, 408, other 5xx | if enabled, three more attempts, after 2, 4 and 8 seconds; each may be billed |
 * | anything else | nothing |
 */
export async function sendWithRetries(
	{ limit, request, send, retryOnTimeout }: SendTask,
	clock: Clock = systemClock,
): Promise<SendResult> {
	const { queue, batches } = limit;
	const queuedAt = clock.now();
	let unreachable = 0;
	let ambiguous = 0;
	for (;;) {
		const permit = await queue.acquire({ ...request, queuedAt }).catch(asThrown);
		if (permit.kind !== 'permit') return { ...permit, release: () => {} };
		const { release } = permit;
		const outcome = request.shouldStop() ? undefined : await send(permit.images).catch(asThrown);
		if (outcome === undefined || outcome.kind === 'thrown') {
			permit.inconclusive();
			return { ...(outcome ?? { kind: 'notSent' }), release };
		}
		if (isRejection(outcome)) {
			if (outcome.status === 429 && permit.images > 1) batches.disable(clock.now());
			const gaveUp = permit.rejected(outcome, rejectionOf(outcome, clock.now()));
			if (gaveUp) return { ...gaveUp, release };
			release();
			continue;
		}
		if (isReply(outcome) && isSuccess(outcome)) permit.accepted();
		else permit.inconclusive();
		if (permit.images > 1 && isReply(outcome) && refusesBatch(outcome)) {
			batches.disable(clock.now());
			release();
			continue;
		}
		let retries: number | undefined;
		if (outcome.kind === 'unreachable') {
			if (unreachable < UNREACHABLE_RETRIES) retries = unreachable++;
		} else if (retryOnTimeout && isAmbiguous(outcome) && ambiguous < TIMEOUT_RETRIES) {
			retries = ambiguous++;
		}
		// The slot is kept while it waits, so that Concurrency holds for what may still be processed.
		const isRepeated =
			retries !== undefined &&
			(await wait(FIRST_WAIT_MS * 2 ** retries, request.shouldStop, clock));
		if (!isRepeated) return { kind: 'answer', outcome, release };
		release();
	}
}

const asThrown = (thrown: Error) => ({ kind: 'thrown', thrown }) as const;

const isReply = (outcome: Reply | NoAnswer): outcome is Reply => outcome.kind === 'reply';

function isRejection(outcome: Reply | NoAnswer): outcome is Reply {
	return isReply(outcome) && (outcome.status === 429 || outcome.status === 503);
}

function rejectionOf({ status, text, retryAfter }: Reply, now: number): Rejection {
	const isLasting = status === 429 && isDailyLimit(readFailure(text).message);
	return { status, retryAfterMs: retryAfterMs(retryAfter, now), isLasting };
}

const isSuccess = ({ status }: Reply) => status >= 200 && status < 300;

/** Whether the service may have made the images although it did not hand them over. */
function isAmbiguous(outcome: Reply | NoAnswer): boolean {
	if (isReply(outcome)) return outcome.status >= 500 || outcome.status === 408;
	return outcome.kind === 'timeout' || outcome.kind === 'cut';
}
