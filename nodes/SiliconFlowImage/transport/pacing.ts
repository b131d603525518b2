import { sleepSlice } from './wait';

/** Requests that left between two refusals, to learn how many the service takes at a time. */
interface Period {
	left: number;
	refused: number;
}

/** Proof that a request was let go, to be handed back with the service's answer. */
export interface Turn {
	readonly period: Period;
}

const WINDOW_MS = 60_000;
const FIRST_HOLD_MS = 2_000;
const LONGEST_HOLD_MS = 60_000;
/** Spread added to a hold, so that several runs on one account do not come back together. */
const JITTER = 0.05;
/** A refusal comes at once; a request unanswered for this long has probably been let in. */
const ANSWER_MS = 1_000;

/**
 * Lets the requests of one run leave: no faster than the person allows, and after a refusal (429 or
 * 503) not before its time, for the limit is the account's and every request meets the same wall.
 *
 * After a hold one request goes ahead to try. When it is let in, as many follow at once as got
 * through before the wall was met, then one at a time. So each wall costs one refusal, not one for
 * every waiting request. Those that wait leave in the order of their tickets, a refused one first
 * again, so that none uses up its retries while others pass it by.
 *
 * Holds are 2, 4, 8, 16, 32, 60 seconds, together past a one-minute window after five.
 */
export class Pace {
	private readonly departures: number[] = [];

	/** Requests that wait for their turn, with the way to wake them. Only the first one looks around. */
	private readonly waiting = new Map<number, () => void>();

	private period: Period = { left: 0, refused: 0 };

	/** The last period in which anything got through. */
	private measured: Period = { left: 0, refused: 0 };

	private holdUntil = 0;

	private refusals = 0;

	/** How many may leave without an answer to the one before; without limit until a refusal. */
	private allowance = Infinity;

	/**
	 * @param requestsPerMinute most departures in any 60 seconds; 0 for no limit
	 */
	constructor(private readonly requestsPerMinute: number) {}

	/**
	 * Waits until a request may leave.
	 *
	 * @param ticket position of the request in the run; the lowest goes first, each is used once at a time
	 * @param over says that the request is no longer wanted
	 * @returns undefined when it was over first: then nothing may be sent
	 */
	async turn(ticket: number, over: () => boolean): Promise<Turn | undefined> {
		let wake = () => {};
		this.waiting.set(ticket, () => wake());
		let dueMs = 1;
		while (dueMs > 0 && !over()) {
			if (this.first() === ticket) {
				dueMs = this.msUntilNext();
				if (dueMs > 0) await sleepSlice(dueMs);
			} else {
				await new Promise<void>((resolve) => (wake = resolve));
			}
		}
		this.waiting.delete(ticket);
		this.waiting.get(this.first())?.();
		if (dueMs > 0) return undefined;
		this.allowance = Math.max(0, this.allowance - 1);
		this.period.left++;
		this.departures.push(Date.now());
		if (this.departures.length > Math.max(1, this.requestsPerMinute)) this.departures.shift();
		return { period: this.period };
	}

	/** The service served the request, or refused it for a reason of its own. */
	answered({ period }: Turn): void {
		if (period !== this.period || this.allowance === Infinity) return;
		const throughBefore = this.measured.left - this.measured.refused;
		this.allowance = this.refusals > 0 ? Math.max(1, throughBefore - 1) : this.allowance + 1;
		this.refusals = 0;
	}

	/**
	 * The service refused the request for now: holds back every request of the run.
	 *
	 * @param retryAfterMs wait the service asked for, in milliseconds, where it did
	 * @returns how many refusals there were since the service last let a request in. A request gives
	 * up by this number and not by its own: those that met the same wall together are one refusal,
	 * and a service that lets others in will let this one in as well.
	 */
	refused({ period }: Turn, retryAfterMs?: number): number {
		period.refused++;
		// A request that left before the hold began says nothing new about it.
		if (period !== this.period) return this.refusals;
		const doubled = Math.min(FIRST_HOLD_MS * 2 ** this.refusals, LONGEST_HOLD_MS);
		const hold = retryAfterMs ?? doubled * (1 + Math.random() * JITTER);
		this.holdUntil = Date.now() + hold;
		this.refusals++;
		if (period.left > period.refused) this.measured = period;
		this.period = { left: 0, refused: 0 };
		this.allowance = 1;
		return this.refusals;
	}

	private first(): number {
		return Math.min(...this.waiting.keys());
	}

	private msUntilNext(): number {
		const now = Date.now();
		const answerDue =
			this.allowance > 0 ? 0 : (this.departures[this.departures.length - 1] ?? 0) + ANSWER_MS - now;
		const full = this.requestsPerMinute > 0 && this.departures.length >= this.requestsPerMinute;
		const paceDue = full ? this.departures[0] + WINDOW_MS - now : 0;
		return Math.max(this.holdUntil - now, answerDue, paceDue);
	}
}
