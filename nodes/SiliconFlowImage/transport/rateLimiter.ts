import type { Rejection } from '../contract/rejection';
import type { Moment } from './wait';

/** One request that was sent. */
export interface Attempt {
	/** On the steady clock, in milliseconds. */
	readonly departedAt: number;
	/** Images it asks for: the service's limit counts images, not requests. */
	readonly images: number;
	/** The round that it belongs to, or undefined where it did not wait for the pause to end. */
	readonly round?: Round;
	outcome: 'pending' | 'accepted' | 'rejected' | 'unknown';
}

/** The requests that leave between two pauses. */
interface Round {
	/** What ended the pause before it. */
	opening: 'start' | 'mark' | 'ownPlace' | 'backOff';
	/** Own places that became free before the next mark, when it began. */
	readonly placesBeforeMark: number;
	/** Images that left in it. */
	images: number;
	last?: Attempt;
}

/** When the next request may leave: at the earliest of these, but not before `least`. */
interface Pause {
	readonly from: number;
	readonly mark: number;
	readonly backOff: number;
	readonly least: number;
	ownPlace: number;
	placesBeforeMark: number;
}

/** A place is free so long after we took it: a minute, and a little because latency varies. */
export const WINDOW_MS = 60_500;

/** Between two marks: a place that was taken late at one, by a fast clock, is free at the next. */
const MARK_EVERY_MS = 61_000;
/** Those who have waited for longest come early in this time, so that the others come too late. */
const MARK_SPREAD_MS = 500;
/** How much of the spread is chance, because those who began together have waited for as long. */
const CHANCE = 0.3;
/** After so many windows without an image, our own place is lost: somebody else has it. */
const OWN_WINDOWS = 4;
/** By how much the clocks of processes may differ. Whoever waits for longer than others allows for it. */
const CLOCK_ERROR_MS = 1_000;
/** Whoever has more images waiting leaves this many places to others at each mark. */
const BUSY_IMAGES = 8;
const PLACES_LEFT = 2;
/** Each next pause in an overload; when the limit was just met, from the second one. */
const BACK_OFF_MS = [1_000, 2_000, 4_000, 8_000, 16_000];
/** Where nothing of ours was let in, so many are enough to see that the limit is per minute. */
const BACK_OFFS_IF_OTHERS = 2;
/** A request is presumed accepted after so many times the slowest of the latest rejections. */
const SILENCE = { factor: 1.5, leastMs: 500, mostMs: 30_000, forgetting: 0.8 } as const;
/** After so long without a request, everything begins anew. */
const IDLE_MS = 10 * 60_000;

/**
 * When the next request of one account for one model may be sent: until when a 429 is waited for. It has
 * no clock and no queue; the request waits in `PermitQueue`.
 *
 * All processes of n8n share the limit and cannot talk to each other; but they share the time of day.
 *
 * 1. Nothing waits until the service rejects a request (429). Then all requests of the process pause,
 *    until the first of these: a mark, an own place, or a back-off.
 * 2. **Marks** come every 61 seconds, at the same time in all processes, by the time of day and the
 *    account and model. What is free then goes to those who have waited for longest, because they come
 *    earliest in the half second after it.
 * 3. **An own place** is free a minute after our image took it, so we take it again. After four
 *    minutes without an image, there is none any more, and the marks are met up to a second
 *    earlier or later, because clocks differ.
 * 4. Whoever has more than eight images waiting leaves its last two places before a mark to the mark,
 *    so that somebody who has one image gets a place beside somebody who has hundreds.
 * 5. **Back-off** is for limits that are not per minute: when the limit was just met, 2, 4, 8 and 16
 *    seconds, until all of them have failed once. If none of our images was let in, others use the
 *    limit, and the first two are enough.
 * 6. After a pause one request goes first. When it is accepted, more follow at once: as many as have
 *    places of their own; after a back-off, as many as were let in before. Then one goes at a time, until
 *    the next rejection, because there may be more room.
 * 7. A rejection is quick, an acceptance takes as long as the images. So a request without an answer for
 *    longer than rejections take is presumed accepted, until its answer comes.
 * 8. A Retry-After is followed exactly at first, and is the least after that. An overload (503) is
 *    paused for 1, 2, 4, 8, then 16 seconds.
 */
export class RateLimiter {
	/** What was let in or has no answer yet, in the last window, in the order of departure. */
	private readonly window = new Set<Attempt>();
	private imagesInWindow = 0;
	/** Images that were let in, in the window before the latest rejection. */
	private capacity = 0;
	private pause?: Pause;
	private round: Round = { opening: 'start', placesBeforeMark: 0, images: 0 };
	/** When our latest image took its place, or else when the service first rejected one. */
	private placeTakenAt = -Infinity;
	/** Rejections since the latest acceptance that began a pause. */
	private failures = 0;
	private backOff = { at: -Infinity, failed: 0 };
	private slowestRejectionMs = 0;
	private lastDepartedAt = -Infinity;
	private isLimited = false;

	/** @param phaseMs where the marks stand; the same in all processes for an account and a model */
	constructor(
		private readonly phaseMs = 0,
		private readonly random: () => number = Math.random,
	) {}

	/**
	 * When a request may be sent, on the steady clock. A time in the past means now.
	 *
	 * @param images number of images that the request asks for
	 * @param waiting number of images that wait in this process
	 */
	departureTime(moment: Moment, images: number, waiting: number): number {
		if (!this.isLimited) return -Infinity;
		this.expire(moment.now);
		if (!this.pause && this.mustLeavePlaces(images, waiting)) this.pause = this.pauseAt(moment);
		if (this.pause) return this.endOf(this.pause, waiting);
		const { last, opening } = this.round;
		if (!last) return -Infinity;
		const hasRoom =
			(opening === 'ownPlace' && this.imagesInWindow + images <= this.capacity) ||
			(opening === 'backOff' && this.round.images + images <= this.capacity);
		const isSecond = this.round.images === last.images;
		if (last.outcome !== 'pending' || (hasRoom && !isSecond)) return -Infinity;
		return last.departedAt + this.silenceMs;
	}

	/** Whether so many images may leave soon after each other: as many as were let in before. */
	mayLeaveSoon(images: number): boolean {
		const isUsual = images <= Math.max(this.capacity, this.imagesInWindow);
		return !this.isLimited || (isUsual && !this.pause);
	}

	/** A request is sent. It may leave before its time; then it says nothing about the pause. */
	depart(moment: Moment, images: number, waiting: number): Attempt {
		const { now } = moment;
		if (now - this.lastDepartedAt > IDLE_MS) this.beginAnew();
		this.lastDepartedAt = now;
		this.expire(now);
		const isEarly = this.pause !== undefined && this.endOf(this.pause, waiting) > now;
		if (this.pause && !isEarly) {
			const { mark, backOff, placesBeforeMark } = this.pause;
			const opening = backOff <= now ? 'backOff' : mark <= now ? 'mark' : 'ownPlace';
			this.round = { opening, placesBeforeMark, images: 0 };
		}
		const round = isEarly ? undefined : this.round;
		const attempt: Attempt = { departedAt: now, images, round, outcome: 'pending' };
		this.window.add(attempt);
		this.imagesInWindow += images;
		if (!round) return attempt;
		this.pause = undefined;
		round.images += images;
		round.last = attempt;
		if (this.imagesInWindow >= this.capacity && round.opening === 'ownPlace')
			round.opening = 'mark';
		return attempt;
	}

	/** The service made the images. */
	accept(attempt: Attempt): void {
		attempt.outcome = 'accepted';
		this.placeTakenAt = Math.max(this.placeTakenAt, attempt.departedAt);
		this.failures = 0;
		if (!attempt.round) this.pause = undefined;
		if (attempt.round !== this.round || this.round.opening !== 'backOff') return;
		this.backOff = { at: -Infinity, failed: 0 };
	}

	/** The request says nothing about the limit: it was refused for another reason, or got no answer. */
	forget(attempt: Attempt): void {
		attempt.outcome = 'unknown';
		this.remove(attempt);
	}

	/** The service rejected the request for now. */
	reject(attempt: Attempt, moment: Moment, rejection: Rejection): void {
		const tookMs = moment.now - attempt.departedAt;
		this.slowestRejectionMs = Math.max(tookMs, this.slowestRejectionMs * SILENCE.forgetting);
		attempt.outcome = 'rejected';
		this.expire(moment.now);
		this.remove(attempt);
		// The others of a round were sent before its pause, so they do not extend it.
		if (this.pause || attempt.round !== this.round) return;
		if (!this.isLimited) this.placeTakenAt = attempt.departedAt;
		this.isLimited = true;
		this.pause = this.pauseAt(moment, rejection);
		this.failures++;
	}

	/** @param rejection what began the pause; without one, places are left to others */
	private pauseAt(moment: Moment, rejection?: Rejection): Pause {
		const { now: from } = moment;
		const { status, retryAfterMs = 0, isLasting } = rejection ?? {};
		const noPlace = { mark: Infinity, ownPlace: Infinity, placesBeforeMark: 0 };
		const until = (backOff: number, least = backOff) => ({ ...noPlace, from, backOff, least });
		// After a daily limit, the requests that waited have ended; others may ask at once.
		if (isLasting) return until(from);
		if (retryAfterMs > 0 && this.failures === 0) return until(from + retryAfterMs);
		const least = from + retryAfterMs;
		if (status === 503) {
			const step = Math.min(this.failures, BACK_OFF_MS.length - 1);
			return until(from + BACK_OFF_MS[step], least);
		}
		const mark = this.nextMark(moment);
		const pause = { ...until(Infinity, least), mark, ...this.placesAt(from, mark) };
		if (!rejection) return pause;
		const { opening, images } = this.round;
		const isShortWindow = opening === 'backOff' && this.backOff.failed === 0;
		this.capacity = isShortWindow ? images - (this.round.last?.images ?? 0) : this.imagesInWindow;
		return { ...pause, backOff: this.nextBackOff(from) };
	}

	/** Whoever meets marks earlier or later than others has met one that is as near as that. */
	private nextMark({ now, timeOfDay }: Moment): number {
		const isLost = now - this.placeTakenAt > (OWN_WINDOWS + 1) * WINDOW_MS;
		const clockErrorMs = isLost ? CLOCK_ERROR_MS : 0;
		const sinceMark = (timeOfDay + clockErrorMs - this.phaseMs) % MARK_EVERY_MS;
		const untilMark = MARK_EVERY_MS - (sinceMark < 0 ? sinceMark + MARK_EVERY_MS : sinceMark);
		const mark = now + clockErrorMs + untilMark;
		const windows = Math.max(1, (mark - this.placeTakenAt) / WINDOW_MS);
		const turn = CHANCE * this.random() + (1 - CHANCE) / windows;
		const chanceMs = clockErrorMs * (2 * this.random() - 1);
		return Math.round(mark + MARK_SPREAD_MS * turn + chanceMs);
	}

	/** When our next place is free, and how many of ours are before the mark. */
	private placesAt(from: number, mark: number) {
		let placesBeforeMark = 0;
		let ownPlace = Infinity;
		for (const { departedAt, images } of this.window) {
			const at = departedAt + WINDOW_MS;
			if (at > mark) break;
			ownPlace = Math.min(ownPlace, at);
			placesBeforeMark += images;
		}
		// The next one, also where it was taken again and rejected in this very moment.
		const windows = Math.floor((from - this.placeTakenAt) / WINDOW_MS) + 1;
		const isOwn = this.window.size === 0 && windows <= OWN_WINDOWS;
		if (isOwn) ownPlace = this.placeTakenAt + windows * WINDOW_MS;
		return { ownPlace, placesBeforeMark };
	}

	private nextBackOff(from: number): number {
		const { at, failed } = this.backOff;
		if (at > from) return at;
		const most = this.capacity > 0 ? BACK_OFF_MS.length - 1 : BACK_OFFS_IF_OTHERS;
		const next = failed < most ? from + BACK_OFF_MS[failed + 1] : Infinity;
		this.backOff = { at: next, failed: failed + 1 };
		return next;
	}

	private endOf({ mark, ownPlace, backOff, least, placesBeforeMark }: Pause, waiting: number) {
		const isLeft = waiting > BUSY_IMAGES && placesBeforeMark <= PLACES_LEFT;
		return Math.max(least, Math.min(mark, backOff, isLeft ? Infinity : ownPlace));
	}

	/** Whether another request would take a place that is left to the mark. */
	private mustLeavePlaces(images: number, waiting: number): boolean {
		const { opening, placesBeforeMark, images: taken } = this.round;
		if (opening !== 'ownPlace' || waiting <= BUSY_IMAGES) return false;
		const isLeft = taken + images > placesBeforeMark - PLACES_LEFT;
		return isLeft && this.imagesInWindow < this.capacity;
	}

	private remove(attempt: Attempt): void {
		if (!this.window.delete(attempt)) return;
		this.imagesInWindow -= attempt.images;
		if (!this.pause) return;
		this.capacity = Math.max(0, this.capacity - attempt.images);
		if (this.pause.mark < Infinity)
			Object.assign(this.pause, this.placesAt(this.pause.from, this.pause.mark));
	}

	private expire(now: number): void {
		for (const attempt of this.window) {
			if (attempt.departedAt > now - WINDOW_MS) return;
			this.window.delete(attempt);
			this.imagesInWindow -= attempt.images;
			this.placeTakenAt = Math.max(this.placeTakenAt, attempt.departedAt);
		}
	}

	private get silenceMs(): number {
		const { factor, leastMs, mostMs } = SILENCE;
		return Math.min(Math.max(this.slowestRejectionMs * factor, leastMs), mostMs);
	}

	private beginAnew(): void {
		this.isLimited = false;
		this.pause = undefined;
		this.round = { opening: 'start', placesBeforeMark: 0, images: 0 };
		this.capacity = 0;
		this.failures = 0;
		this.backOff = { at: -Infinity, failed: 0 };
	}
}
