import {
	AttemptLog,
	imagesOf,
	WINDOW_MS,
	type Attempt,
	type Closing,
	type Rejection,
} from './attemptLog';
import { pauseEnd } from './pause';

/** So long without an acceptance is a dry spell, and so is a new one after nobody tried for so long. */
const DRY_MS = 2 * WINDOW_MS;

/** When a request without an answer is presumed accepted: by the slowest of the latest rejections. */
const PRESUMED_ACCEPTED = { factor: 1.5, minMs: 500, maxMs: 30_000, rejectionsTimed: 10 } as const;

/**
 * Calculates when the next request of one account for one model may be sent. It has no clock and no
 * queue: `PermitQueue` brings the time, waits, and gives up.
 *
 * Nothing waits until the service rejects a request (429 or 503). Then all requests pause, because
 * the limit belongs to the account; `pauseEnd` says for how long.
 *
 * After a pause, one request goes first. When it is accepted, others follow at once, up to as many
 * images as were accepted before the pause, and then one request at a time. When our own images of
 * the last minute are as many as they were at the rejection, the next one waits until the oldest is a
 * minute old. Once a minute, one request checks whether there is more room.
 *
 * A rejection is quick, but an acceptance is only known when the images are made. So a request that
 * has no answer for longer than rejections take is presumed accepted. Pauses and room are derived
 * from the attempts at each call, so a late answer corrects them.
 */
export class RateLimiter {
	/** Since when the service has accepted nothing, in milliseconds since 1970. */
	drySince?: number;

	/** Rejections since then. */
	rejections = 0;

	lastRejectedAt = -Infinity;

	private readonly log = new AttemptLog();

	private departures: Attempt[] = [];

	/** How long the latest rejections took, in milliseconds. */
	private rejectionTimes: number[] = [];

	private hadCoolDown = false;

	/** @param random gives numbers from 0 up to 1 */
	constructor(private readonly random: () => number = Math.random) {}

	/** Whether anything was rejected yet. */
	get isLimited(): boolean {
		return this.log.lastClosing !== undefined;
	}

	/** Until when the service asked to wait, in milliseconds since 1970; -Infinity where it did not. */
	get retryAfterEnd(): number {
		const { at = -Infinity, retryAfterMs = -Infinity } = this.log.lastClosing ?? {};
		return at + retryAfterMs;
	}

	/** Whether requests sent in the dry spell are presumed accepted: then it may be over. */
	isPresumedAccepting(now: number): boolean {
		const { drySince = Infinity } = this;
		return this.log.pending.some(
			(attempt) => attempt.departedAt >= drySince && this.isPresumedAccepted(attempt, now),
		);
	}

	/**
	 * When a request may be sent, in milliseconds since 1970. A time in the past means now.
	 *
	 * @param images number of images that the request asks for
	 * @param deadline when the request gives up. Pauses get shorter before it and end there, so that
	 * there is a last attempt; but a Retry-After does not
	 */
	departureTime(now: number, images: number, deadline = Infinity): number {
		const closing = this.log.lastClosing;
		if (closing === undefined) return -Infinity;
		// A request whose deadline was nearer may have been sent, and accepted, within the pause.
		const isPauseOver = this.log.open.some(({ outcome }) => outcome === 'accepted');
		const resumedAt = isPauseOver ? -Infinity : pauseEnd(this.log, closing, deadline);
		return Math.max(resumedAt, this.answerTime(closing, now, images));
	}

	/**
	 * When a request may be sent at the user's own pace, in milliseconds since 1970.
	 *
	 * @param imagesPerMinute maximum number of images in any minute; 0 for no limit
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

	/**
	 * A request is sent.
	 *
	 * @param ignoresPauses whether it does not wait; in a pause, its rejection is nothing new then
	 */
	depart(now: number, images: number, ignoresPauses = false): Attempt {
		const isEarly = ignoresPauses && this.departureTime(now, images) > now;
		const attempt = this.log.add(now, images, isEarly);
		const isRecent = ({ departedAt }: Attempt) => departedAt > now - WINDOW_MS;
		this.departures = [...this.departures.filter(isRecent), attempt];
		return attempt;
	}

	/** The service made the images. */
	accept(attempt: Attempt): void {
		attempt.outcome = 'accepted';
		// What was sent before the dry spell, and took its time, does not end it.
		if (attempt.departedAt >= (this.drySince ?? Infinity)) this.endDrySpell();
	}

	/** The request says nothing about the limit: it was refused for another reason, or got no answer. */
	forget(attempt: Attempt): void {
		this.log.remove(attempt);
	}

	/** The service rejected the request for now. */
	reject(attempt: Attempt, now: number, rejection: Rejection): void {
		attempt.outcome = 'rejected';
		// After an idle gap, old rejections are irrelevant.
		const idleSince = Math.max(this.lastRejectedAt, this.retryAfterEnd);
		if (attempt.departedAt > idleSince + DRY_MS) this.endDrySpell();
		this.drySince ??= attempt.departedAt;
		this.rejections++;
		this.lastRejectedAt = now;
		const times = [...this.rejectionTimes, now - attempt.departedAt];
		this.rejectionTimes = times.slice(-PRESUMED_ACCEPTED.rejectionsTimed);
		// The other requests of a closed round were sent before its pause, so they do not extend it.
		if (attempt.round.closed) return;
		const isDry = now - this.drySince > DRY_MS;
		const isCoolDown = isDry && rejection.status === 429 && !this.hadCoolDown;
		this.hadCoolDown ||= isCoolDown;
		this.log.close(attempt, { ...rejection, at: now, random: this.random(), isCoolDown });
	}

	private endDrySpell(): void {
		this.drySince = undefined;
		this.rejections = 0;
		this.hadCoolDown = false;
	}

	/** When the open round has room for more images, or an answer, or a presumed one. */
	private answerTime({ at }: Closing, now: number, images: number): number {
		const { open } = this.log;
		if (open.length === 0) return -Infinity;
		const minute = this.log.acceptedInMinute(now);
		const [used, capacity] = [imagesOf(minute), imagesOf(this.log.acceptedInMinute(at))];
		const isFull = used <= capacity && used + images > capacity;
		const isCheckDue = now >= at + WINDOW_MS;
		if (isFull && !isCheckDue && minute[0]) return minute[0].departedAt + WINDOW_MS;
		const unanswered = open.filter(
			(attempt) => attempt.outcome === 'pending' && !this.isPresumedAccepted(attempt, now),
		);
		const [before = []] = this.log.acceptedByRound;
		const isBurst = imagesOf(open) + images <= imagesOf(before);
		if (isBurst && unanswered.length < open.length) return -Infinity;
		return Math.max(-Infinity, ...unanswered.map((attempt) => attempt.departedAt + this.silenceMs));
	}

	private isPresumedAccepted({ outcome, departedAt }: Attempt, now: number): boolean {
		return outcome === 'pending' && departedAt + this.silenceMs <= now;
	}

	/** How long a request must be without an answer to be presumed accepted, in milliseconds. */
	private get silenceMs(): number {
		const { factor, minMs, maxMs } = PRESUMED_ACCEPTED;
		const slowest = Math.max(0, ...this.rejectionTimes);
		return Math.min(Math.max(slowest * factor, minMs), maxMs);
	}
}
