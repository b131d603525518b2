import { WINDOW_MS, type AttemptLog, type Closing } from './attemptLog';

/** Pauses after one, two, ... rounds without an acceptance, then at random from the last range. */
const PAUSES_MS = {
	rateLimit: { first: [2_000, 4_000, 8_000, 16_000], later: [22_000, 40_000] },
	overload: { first: [1_000, 2_000, 4_000], later: [8_000, 16_000] },
	/** Once in a dry spell. */
	coolDown: [61_000, 73_000],
} as const;

/** The first pauses vary upwards by this share, so that processes on one account do not meet. */
const JITTER = 0.05;
/** Near the deadline, a pause is about this share of the time left, but not shorter than that. */
const DEADLINE_SHARE = 1 / 6.5;
const SHORTEST_SHARE_MS = 3_000;
/** A window is expected to refill a little later than it did before. */
const REFILL_MARGIN = 0.01;

/**
 * When the pause after a rejection ends, in milliseconds since 1970. The pause is the shortest of
 *
 * - **the back-off:** 2, 4, 8, 16 seconds, then 22 to 40 at random. The limit is per minute, but it
 *   may have room sooner, because others may use it too. If none of our own images was accepted in
 *   the minute before the rejection, all room is used by others, and only the first pause is short.
 *   For an overload (503), the pauses are 1, 2, 4, then 8 to 16 seconds;
 * - **the room:** until our oldest image of the last minute is a minute old;
 * - **the share:** near the deadline, where the request gives up, about a sixth of the time left.
 *
 * Three things change that:
 *
 * - Once a window is known to have refilled, the next one is waited for in one go, as long as the
 *   last one took, instead of with back-off. If that fails, the back-off begins anew.
 * - After two minutes without an acceptance, there is one pause of 61 to 73 seconds, because the
 *   service may count the requests that it rejects.
 * - A Retry-After is followed exactly at first. After that, it is the least.
 *
 * @param closing the rejection, and how it was
 * @param deadline when the request gives up, in milliseconds since 1970
 */
export function pauseEnd(log: AttemptLog, closing: Closing, deadline: number): number {
	const { at, random, retryAfterMs, isLasting, isCoolDown } = closing;
	// After a daily limit, the requests that waited have ended; others may ask at once.
	if (isLasting) return at;
	const shareMs = (deadline - at) * DEADLINE_SHARE * (0.75 + random / 2);
	const shareEnd = isCoolDown ? Infinity : at + Math.max(shareMs, SHORTEST_SHARE_MS);
	const end = Math.min(backOffEnd(log, closing), shareEnd, deadline);
	if (retryAfterMs === undefined) return end;
	const isFirst = log.roundsWithoutAcceptance === 0;
	return isFirst ? at + retryAfterMs : Math.max(at + retryAfterMs, end);
}

function backOffEnd(log: AttemptLog, { at, status, random, isCoolDown }: Closing): number {
	if (isCoolDown) return at + between(PAUSES_MS.coolDown, random);
	const { first, later } = status === 503 ? PAUSES_MS.overload : PAUSES_MS.rateLimit;
	const [oldest] = log.acceptedInMinute(at);
	const roomAt = oldest ? oldest.departedAt + WINDOW_MS : Infinity;
	const refillAt = status === 429 ? refillEnd(log) : undefined;
	const rounds = log.roundsWithoutAcceptance;
	if (refillAt !== undefined && rounds === 0) {
		return Math.min(Math.max(refillAt, at + first[0]), roomAt);
	}
	// The wait for the refill took the place of the first pause.
	const step = refillAt === undefined ? rounds : rounds - 1;
	const short = oldest !== undefined || step === 0 ? first[step] : undefined;
	const pauseMs = short ? short * (1 + JITTER * random) : between(later, random);
	return Math.min(at + pauseMs, roomAt);
}

/** When the window refills, by how long it took the last time; undefined until it has. */
function refillEnd(log: AttemptLog): number | undefined {
	const [latest, earlier] = log.acceptedByRound;
	if (!latest || !earlier) return undefined;
	const start = latest[0].departedAt;
	const tookMs = start - earlier[0].departedAt;
	return start + Math.min(tookMs * (1 + REFILL_MARGIN), WINDOW_MS);
}

const between = ([from, to]: readonly [number, number], random: number) =>
	from + (to - from) * random;
