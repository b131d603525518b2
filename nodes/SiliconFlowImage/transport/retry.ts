import type { DownloadedImage, NotAnImage } from './download';
import type { NoAnswer } from './outcome';
import type { Pace } from './pacing';
import type { Reply } from './request';
import { wait } from './wait';

/** What a run allows; see the descriptions of Execution Options. */
export interface RetryPolicy {
	/** Most repetitions of one request. */
	readonly maxRetries: number;
	/** Whether to repeat a request that may have been served and billed. */
	readonly retryAmbiguous: boolean;
}

/** The request never left: the run had stopped or was cancelled. */
export interface NotSent {
	readonly kind: 'notSent';
}

/** A service that asks for a longer wait than this is not waited for. */
export const LONGEST_RETRY_AFTER_MS = 5 * 60_000;

/** A host that cannot be reached rarely comes back, so it gets two more chances at most. */
const UNREACHABLE_RETRIES = 2;
const DOWNLOAD_RETRIES = 3;
const FIRST_WAIT_MS = 2_000;
const FIRST_DOWNLOAD_WAIT_MS = 500;

/**
 * Sends a request that costs money, again only where it was surely not served: after 429, 503 and a
 * connection that was never made. After a time-out, a cut connection, 500, 502 or 504 it may have
 * been billed, so it is repeated only if the person asked for that.
 *
 * @param ticket position of the request in the run, for its turn
 * @param send makes the request and sends it; called once per try, right before it leaves
 * @param over says that the request is no longer wanted
 */
export async function sendPatiently(
	send: () => Promise<Reply | NoAnswer>,
	ticket: number,
	pace: Pace,
	{ maxRetries, retryAmbiguous }: RetryPolicy,
	over: () => boolean,
): Promise<Reply | NoAnswer | NotSent> {
	for (let retries = 0; ; ) {
		const turn = await pace.turn(ticket, over);
		if (turn === undefined) return { kind: 'notSent' };
		const outcome = await send();
		if (isRefusedForNow(outcome)) {
			const retryAfter = retryAfterMs(outcome.retryAfter);
			const tooLong = retryAfter !== undefined && retryAfter > LONGEST_RETRY_AFTER_MS;
			const refusals = pace.refused(turn, tooLong ? undefined : retryAfter);
			if (tooLong || refusals > maxRetries) return outcome;
			continue;
		}
		pace.answered(turn);
		const again =
			outcome.kind === 'unreachable'
				? retries < Math.min(maxRetries, UNREACHABLE_RETRIES)
				: retryAmbiguous && isAmbiguous(outcome) && retries < maxRetries;
		if (!again) return outcome;
		if (!(await wait(FIRST_WAIT_MS * 2 ** retries, over))) return outcome;
		retries++;
	}
}

/**
 * Repeats a download, which costs nothing, on network faults and 5xx, as long as its link lives.
 *
 * @param expiresAt when the link ends, in milliseconds since 1970
 */
export async function downloadPatiently(
	download: () => Promise<DownloadedImage | NotAnImage | NoAnswer>,
	expiresAt: number,
	over: () => boolean,
): Promise<DownloadedImage | NotAnImage | NoAnswer> {
	for (let retries = 0; ; retries++) {
		const outcome = await download();
		const again = isPassing(outcome) && retries < DOWNLOAD_RETRIES && Date.now() < expiresAt;
		if (!again) return outcome;
		if (!(await wait(FIRST_DOWNLOAD_WAIT_MS * 2 ** retries, over))) return outcome;
	}
}

/**
 * The `retry-after` header in milliseconds from now: seconds or an HTTP date (RFC 9110, 10.2.3).
 * Undefined when there is none or it cannot be read.
 */
export function retryAfterMs(header: string | undefined): number | undefined {
	if (header === undefined) return undefined;
	const seconds = /^\s*\d+(\.\d+)?\s*$/.test(header) ? Number(header) : undefined;
	const wanted = seconds === undefined ? Date.parse(header) - Date.now() : seconds * 1000;
	return Number.isNaN(wanted) ? undefined : Math.max(0, wanted);
}

function isRefusedForNow(outcome: Reply | NoAnswer): outcome is Reply {
	return outcome.kind === 'reply' && (outcome.status === 429 || outcome.status === 503);
}

function isAmbiguous(outcome: Reply | NoAnswer): boolean {
	if (outcome.kind === 'reply') return [500, 502, 504].includes(outcome.status);
	return outcome.kind === 'timeout' || outcome.kind === 'cut';
}

function isPassing(outcome: DownloadedImage | NotAnImage | NoAnswer): boolean {
	if (outcome.kind === 'refused') return outcome.status >= 500 || outcome.status === 429;
	return ['unreachable', 'cut', 'timeout'].includes(outcome.kind);
}
