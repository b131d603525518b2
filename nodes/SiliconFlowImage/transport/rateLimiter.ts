import {
	AttemptLog,
	imagesOf,
	WINDOW_MS,
	type Attempt,
	type Closing,
	type Rejection,
} from './attemptLog';

/** Pauses after one, two, ... rounds without an acceptance; behind them the range of all others. */
const PAUSES_MS = {
	rateLimit: { first: [2_000, 4_000, 8_000, 16_000], later: [22_000, 40_000] },
	overload: { first: [1_000, 2_000, 4_000], later: [8_000, 16_000] },
	/** Made once in a dry spell. */
	quiet: [61_000, 73_000],
} as const;

/** Two minutes without an acceptance are a dry spell. */
const DRY_MS = 2 * WINDOW_MS;

/** A silence this much longer than the slowest recent rejection is taken for an acceptance. */
const SILENCE = { factor: 1.5, minMs: 500, maxMs: 30_000, rejectionsTimed: 10 } as const;

/** The short pauses are spread by so much, because several processes may share an account. */
const JITTER = 0.05;
/** Towards the deadline a pause is about this part of what is left, but not shorter than that. */
const LAST_PAUSES = 6;
const SHORTEST_LAST_PAUSE_MS = 3_000;
/** A window is taken to refill a little later than it did before. */
const REFILL_MARGIN = 0.01;

/**
 * Works out when the next request of one account for one model may leave. It has no clock and no
 * queue of its own: the caller brings the time.
 *
 * Nothing waits until the service rejects a request (429 or 503). Then all requests pause, for the
 * limit is the account's:
 *
 * - **2, 4, 8, 16 seconds, then 22 to 40 at random.** The limit is one per minute, but it may refill
 *   sooner, because others use it too. Random, so that processes on one account do not meet. If
 *   nothing of our own was accepted in the last minute, others use the limit, and only the first
 *   pause is short. An overload (503) has shorter pauses.
 * - **At most until our oldest image of the last minute leaves the window:** then there is room.
 * - **Once a window has refilled, the next one is waited for in one go,** as long as that one took.
 * - **Shorter towards the deadline,** where a request gives up: the last minutes are used well.
 * - **Once more than a minute, after two minutes without an acceptance:** the service may count the
 *   requests that it rejects.
 * - **As long as a Retry-After asks,** at least.
 *
 * After a pause, one request goes ahead. When it is accepted, as many images follow at once as were
 * accepted before the pause, and then one request at a time.
 *
 * A rejection is quick, but an acceptance is only known when the images are made. A request that is
 * unanswered for longer than rejections take is therefore presumed accepted. Nothing is built on
 * that: all of the above is derived from the attempts at each call, so a late answer corrects it.
 */
export class RateLimiter {
	/** When the service began to reject everything, in milliseconds since 1970. */
	drySince?: number;

	/** Rejections since then. */
	rejections = 0;

	lastRejectedAt = -Infinity;

	private readonly log = new AttemptLog();

	private departures: Attempt[] = [];

	/** How long the latest rejections took, in milliseconds. */
	private rejectionTimes: number[] = [];

	private hadQuietPause = false;

	/** @param random gives numbers from 0 up to 1 */
	constructor(private readonly random: () => number = Math.random) {}

	/** Whether anything was rejected yet. */
	get isLimited(): boolean {
		return this.log.lastClosing !== undefined;
	}

	/** Until when the service has asked to wait, in milliseconds since 1970. */
	get retryAfterEnd(): number {
		const { at = -Infinity, retryAfterMs = 0 } = this.log.lastClosing ?? {};
		return at + retryAfterMs;
	}

	/**
	 * When a request may leave, in milliseconds since 1970; any time that is past means now.
	 *
	 * @param images images that the request asks for
	 * @param deadline when the request gives up; pauses become shorter before, and end there
	 */
	departureTime(now: number, images: number, deadline = Infinity): number {
		const closing = this.log.lastClosing;
		if (closing === undefined) return -Infinity;
		return Math.max(this.pauseEnd(closing, deadline), this.answerTime(closing, now, images));
	}

	/**
	 * When a request may leave by the pace that a person set, in milliseconds since 1970.
	 *
	 * @param imagesPerMinute most images that leave in any minute; 0 for no limit
	 */
	paceTime(images: number, imagesPerMinute: number): number {
		if (imagesPerMinute === 0) return -Infinity;
		let room = imagesPerMinute - Math.min(images, imagesPerMinute);
		for (const earlier of [...this.departures].reverse()) {
			room -= earlier.images;
			if (room < 0) return earlier.departedAt + WINDOW_MS;
		}
		return -Infinity;
	}

	/** A request leaves. */
	depart(now: number, images: number): Attempt {
		const attempt = this.log.add(now, images);
		const isRecent = ({ departedAt }: Attempt) => departedAt > now - WINDOW_MS;
		this.departures = [...this.departures.filter(isRecent), attempt];
		return attempt;
	}

	/** The service made the images. */
	accept(attempt: Attempt): void {
		attempt.outcome = 'accepted';
		this.endDrySpell();
	}

	/** The request says nothing about the limit: it was refused for another reason, or got no answer. */
	forget(attempt: Attempt): void {
		this.log.remove(attempt);
	}

	/** The service rejected the request for now. */
	reject(attempt: Attempt, now: number, rejection: Rejection): void {
		attempt.outcome = 'rejected';
		// What was rejected long ago, before nobody asked for a while, says nothing about now.
		if (attempt.departedAt > this.lastRejectedAt + DRY_MS) this.endDrySpell();
		this.drySince ??= attempt.departedAt;
		this.rejections++;
		this.lastRejectedAt = now;
		const times = [...this.rejectionTimes, now - attempt.departedAt];
		this.rejectionTimes = times.slice(-SILENCE.rejectionsTimed);
		// The other requests of a closed round left before its pause, so they lengthen nothing.
		if (attempt.round.closed) return;
		const isDry = now - this.drySince > DRY_MS;
		const isQuiet = isDry && rejection.status === 429 && !this.hadQuietPause;
		this.hadQuietPause ||= isQuiet;
		this.log.close(attempt, { ...rejection, at: now, random: this.random(), isQuiet });
	}

	private endDrySpell(): void {
		this.drySince = undefined;
		this.rejections = 0;
		this.hadQuietPause = false;
	}

	/** When the pause ends, in milliseconds since 1970. */
	private pauseEnd(closing: Closing, deadline: number): number {
		const { at, random, retryAfterMs, isLasting } = closing;
		if (isLasting) return at;
		const shareMs = ((deadline - at) / LAST_PAUSES) * (0.75 + random / 2);
		const latest = at + Math.max(shareMs, SHORTEST_LAST_PAUSE_MS);
		const own = Math.min(this.backOffEnd(closing), latest, deadline);
		if (retryAfterMs === undefined) return own;
		// Believed the first time. After that it lengthens a pause, but does not shorten it.
		const asked = at + retryAfterMs;
		return this.log.roundsWithoutAcceptance === 1 ? asked : Math.max(asked, own);
	}

	private backOffEnd({ at, status, random, isQuiet }: Closing): number {
		if (isQuiet) return at + between(PAUSES_MS.quiet, random);
		const { first, later } = status === 503 ? PAUSES_MS.overload : PAUSES_MS.rateLimit;
		const [oldest] = this.log.acceptedInMinute(at);
		const roomAt = oldest ? oldest.departedAt + WINDOW_MS : Infinity;
		const refillEnd = status === 429 ? this.refillEnd() : undefined;
		const rounds = this.log.roundsWithoutAcceptance - (refillEnd === undefined ? 0 : 1);
		if (refillEnd !== undefined && rounds === 0) {
			return Math.min(Math.max(refillEnd, at + first[0]), roomAt);
		}
		const short = oldest || rounds === 1 ? first[rounds - 1] : undefined;
		const pauseMs = short ? short * (1 + JITTER * random) : between(later, random);
		return Math.min(at + pauseMs, roomAt);
	}

	/** When the window refills, by how long it took the last time; undefined until it has. */
	private refillEnd(): number | undefined {
		const [latest, earlier] = this.log.acceptedByRound;
		if (!latest || !earlier) return undefined;
		const start = latest[0].departedAt;
		const tookMs = start - earlier[0].departedAt;
		return start + Math.min(tookMs * (1 + REFILL_MARGIN), WINDOW_MS);
	}

	/** When there is room in the open round, or an answer, or a silence that is as good as one. */
	private answerTime({ at }: Closing, now: number, images: number): number {
		const { open } = this.log;
		if (open.length === 0) return -Infinity;
		const minute = this.log.acceptedInMinute(now);
		const [used, most] = [imagesOf(minute), imagesOf(this.log.acceptedInMinute(at))];
		// As full as it was when it was closed. Once a minute it is tried whether there is more.
		const isFull = used <= most && used + images > most && now < at + WINDOW_MS;
		if (isFull && minute[0]) return minute[0].departedAt + WINDOW_MS;
		const presumed = ({ departedAt }: Attempt) => departedAt + this.silenceMs;
		const unanswered = open.filter(
			(attempt) => attempt.outcome === 'pending' && presumed(attempt) > now,
		);
		const [before = []] = this.log.acceptedByRound;
		const isBurst = imagesOf(open) + images <= imagesOf(before);
		if (isBurst && unanswered.length < open.length) return -Infinity;
		return Math.max(-Infinity, ...unanswered.map(presumed));
	}

	/** How long a silence must last to be taken for an acceptance, in milliseconds. */
	private get silenceMs(): number {
		const { factor, minMs, maxMs } = SILENCE;
		const slowest = Math.max(0, ...this.rejectionTimes);
		return Math.min(Math.max(slowest * factor, minMs), maxMs);
	}
}

const between = ([from, to]: readonly [number, number], random: number) =>
	from + (to - from) * random;
