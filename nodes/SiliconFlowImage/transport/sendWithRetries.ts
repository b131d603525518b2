import type { DownloadedImage, NotAnImage } from './download';
import type { NoAnswer } from './outcome';
import { isDailyLimit } from '../contract/dailyLimit';
import { retryAfterMs } from '../contract/retryAfter';
import type { Pace, Place } from './pacing';
import type { Reply } from './request';
import { wait } from './wait';

/** How often a run may repeat a request; see the descriptions of Execution Options. */
export interface RetryPolicy {
	/** How often one request may be repeated. */
	readonly maxRetries: number;
	/** Whether to repeat a request that may have been served and billed. */
	readonly retryAmbiguous: boolean;
}

/** The request never left: the run had stopped or was cancelled. */
export interface NotSent {
	readonly kind: 'notSent';
}

/** A Retry-After longer than this is not waited for. */
export const LONGEST_RETRY_AFTER_MS = 5 * 60_000;

/** A host that cannot be reached rarely comes back, so it is tried only twice more. */
const UNREACHABLE_RETRIES = 2;
const DOWNLOAD_RETRIES = 3;
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 60_000;
const FIRST_DOWNLOAD_WAIT_MS = 500;

/**
 * Sends a request that costs money. It is repeated only if it was certainly not served: after 429, 503
 * or a connection that was never made. After a timeout, a cut connection, 408 or any other 5xx it may
 * have been billed, so it is repeated only if the user turned that on.
 *
 * @param send called once per attempt, at the moment it may leave
 * @param place where the request stands in the run: its turn, its weight, and what closes with it
 * @param shouldStop says that the request is no longer wanted
 */
export async function sendWithRetries(
	send: () => Promise<Reply | NoAnswer>,
	place: Place,
	pace: Pace,
	{ maxRetries, retryAmbiguous }: RetryPolicy,
	shouldStop: () => boolean,
): Promise<Reply | NoAnswer | NotSent> {
	for (let retries = 0; ; ) {
		// Checked before and after the wait, because the model may be closed in the meantime.
		const turn = pace.closedFor(place.model) ? undefined : await pace.turn(place, shouldStop);
		const closed = pace.closedFor(place.model);
		if (closed) return closed;
		if (turn === undefined) return { kind: 'notSent' };
		const outcome = await send();
		if (outcome.kind === 'reply' && isRefusedForNow(outcome)) {
			const isFinal = isRefusedForLong(outcome);
			const retryAfter = isFinal ? undefined : retryAfterMs(outcome.retryAfter, Date.now());
			const refusals = pace.refused(turn, retryAfter);
			if (isFinal) pace.close(place.model, outcome);
			else if (refusals > maxRetries) pace.giveUp(outcome.status);
			if (isFinal || refusals > maxRetries) return outcome;
			continue;
		}
		if (outcome.kind === 'reply') pace.answered(turn);
		const again =
			outcome.kind === 'unreachable'
				? retries < Math.min(maxRetries, UNREACHABLE_RETRIES)
				: retryAmbiguous && isAmbiguous(outcome) && retries < maxRetries;
		if (!again) return outcome;
		const waitMs = Math.min(FIRST_WAIT_MS * 2 ** retries, LONGEST_WAIT_MS);
		if (!(await wait(waitMs, shouldStop))) return outcome;
		retries++;
	}
}

/**
 * Repeats a download, which costs nothing, after network errors and 5xx until its link expires.
 *
 * @param expiresAt when the link expires, in milliseconds since 1970
 */
export async function downloadWithRetries(
	download: () => Promise<DownloadedImage | NotAnImage | NoAnswer>,
	expiresAt: number,
	shouldStop: () => boolean,
): Promise<DownloadedImage | NotAnImage | NoAnswer> {
	for (let retries = 0; ; retries++) {
		const outcome = await download();
		const again = isTransient(outcome) && retries < DOWNLOAD_RETRIES && Date.now() < expiresAt;
		if (!again) return outcome;
		if (!(await wait(FIRST_DOWNLOAD_WAIT_MS * 2 ** retries, shouldStop))) return outcome;
	}
}

/** Whether no reasonable wait will help: a limit per day, or a Retry-After of hours. */
function isRefusedForLong({ status, text, retryAfter }: Reply): boolean {
	const wanted = retryAfterMs(retryAfter, Date.now()) ?? 0;
	return wanted > LONGEST_RETRY_AFTER_MS || (status === 429 && isDailyLimit(text.slice(0, 4000)));
}

function isRefusedForNow({ status }: Reply): boolean {
	return status === 429 || status === 503;
}

function isAmbiguous(outcome: Reply | NoAnswer): boolean {
	if (outcome.kind === 'reply') return outcome.status >= 500 || outcome.status === 408;
	return outcome.kind === 'timeout' || outcome.kind === 'cut';
}

function isTransient(outcome: DownloadedImage | NotAnImage | NoAnswer): boolean {
	if (outcome.kind === 'refused') return outcome.status >= 500 || outcome.status === 429;
	return ['unreachable', 'cut', 'timeout'].includes(outcome.kind);
}
