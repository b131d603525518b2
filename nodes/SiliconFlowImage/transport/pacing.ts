import type { Reply } from './request';
import { sleepSlice } from './wait';

/** Requests that left between two refusals, to learn what the service takes, and how often. */
interface Period {
	left: number;
	refused: number;
	/** When the first one left, in milliseconds since 1970. */
	since: number;
}

/** Where a request stands in its run. */
export interface Place {
	/** The lowest goes first; each is used by one request at a time. */
	readonly ticket: number;
	/** Images asked for: the service's limit counts them, and not requests. */
	readonly images: number;
	/** A limit per day is the model's. */
	readonly model: string;
}

/** Proof that a request was let go, to be handed back with the service's answer. */
export interface Turn {
	readonly period: Period;
	/** Refusals in a row until it left. */
	readonly refusals: number;
}

/** A minute and a little, for requests are not equally long on the way to the service. */
const WINDOW_MS = 60_500;
const FIRST_HOLD_MS = 2_000;
const LONGEST_HOLD_MS = 60_000;
/** Spread added to a hold, so that several runs on one account do not come back together. */
const JITTER = 0.05;
/** A refusal comes at once; a request unanswered for this long has probably been let in. */
const ANSWER_MS = 500;

/**
 * Lets the requests of one run leave: no faster than the person allows, and after a refusal (429 or
 * 503) not before its time, for the limit is the account's and every request meets the same wall.
 *
 * After a hold one request goes ahead to try. When it is let in, as many follow at once as got
 * through before the wall was met, then one at a time. So each wall costs one refusal, not one for
 * every waiting request. Those that wait leave in the order of their tickets, a refused one first
 * again, so that none uses up its retries while others pass it by.
 *
 * Holds are 2, 4, 8, 16, 32, 60 seconds, together past a one-minute window after five. Once a wall
 * has opened again, it is known how long the service's window is at most, and no later hold reaches
 * past the end of one.
 */
export class Pace {
	private readonly departures: number[] = [];

	/** Requests that wait for their turn, with the way to wake them. Only the first one looks around. */
	private readonly waiting = new Map<number, () => void>();

	private period: Period = { left: 0, refused: 0, since: 0 };

	/** The last period in which anything got through. */
	private measured: Period = { left: 0, refused: 0, since: 0 };

	/** Longest the service's window can be, in milliseconds, by what was seen so far. */
	private windowMs = Infinity;

	private holdUntil = 0;

	/** Refusals in a row, as far as they count for the length of the next hold. */
	private refusals = 0;

	/** Whether nothing was let in since the last refusal. */
	private isWalled = false;

	/** How many may leave without an answer to the one before; without limit until a refusal. */
	private allowance = Infinity;

	private readonly closed = new Map<string, Reply>();

	/**
	 * @param requestsPerMinute most departures in any 60 seconds, a request counted once for each
	 * image it asks for; 0 for no limit
	 */
	constructor(private readonly requestsPerMinute: number) {}

	/**
	 * Waits until a request may leave.
	 *
	 * @param over says that the request is no longer wanted
	 * @returns undefined when it was over first: then nothing may be sent
	 */
	async turn({ ticket, images }: Place, over: () => boolean): Promise<Turn | undefined> {
		const limit = this.requestsPerMinute;
		const weight = limit > 0 ? Math.min(images, limit) : 1;
		let wake = () => {};
		this.waiting.set(ticket, () => wake());
		let dueMs = 1;
		while (dueMs > 0 && !over()) {
			if (this.first() === ticket) {
				dueMs = this.msUntilNext(weight);
				if (dueMs > 0) await sleepSlice(dueMs);
			} else {
				await new Promise<void>((resolve) => (wake = resolve));
			}
		}
		this.waiting.delete(ticket);
		this.waiting.get(this.first())?.();
		if (dueMs > 0) return undefined;
		const now = Date.now();
		if (this.allowance === 0) this.letIn(this.period);
		this.allowance--;
		const { period, refusals } = this;
		if (period.left++ === 0) period.since = now;
		for (let i = 0; i < weight; i++) this.departures.push(now);
		this.departures.splice(0, this.departures.length - Math.max(1, limit));
		return { period, refusals };
	}

	/** The service served the request, or refused it for a reason of its own. */
	answered({ period }: Turn): void {
		if (period === this.period && this.allowance !== Infinity) this.letIn(period);
	}

	/**
	 * The service refused the request for now: holds back every request of the run.
	 *
	 * @param retryAfterMs wait the service asked for, in milliseconds, where it did
	 * @returns how many refusals there were since the service last let a request in. A request gives
	 * up by this number and not by its own: those that met the same wall together are one refusal,
	 * and a service that lets others in will let this one in as well.
	 */
	refused({ period, refusals }: Turn, retryAfterMs?: number): number {
		period.refused++;
		// A request that left before the hold began says nothing new about it.
		if (period !== this.period) return Math.max(1, this.refusals);
		const now = Date.now();
		// Counted from what it was when this one left: one taken as let in may be refused after all.
		const count = refusals + 1;
		if (period.left > period.refused) this.measured = period;
		const doubled = Math.min(FIRST_HOLD_MS * 2 ** refusals, LONGEST_HOLD_MS);
		const backOff = doubled * (1 + Math.random() * JITTER);
		// A Retry-After is believed once; after that it may lengthen the back-off, but not cut it.
		const asked = retryAfterMs ?? 0;
		const hold = refusals === 0 && asked > 0 ? asked : Math.max(asked, backOff);
		const holdUntil = now + hold;
		const windowEnd = this.measured.since + this.windowMs;
		const isCutShort = retryAfterMs === undefined && windowEnd > now && windowEnd < holdUntil;
		this.holdUntil = isCutShort ? windowEnd : holdUntil;
		// A hold cut short does not count, or the holds would no longer reach as far as promised; and
		// what was learned about the window is taken back until the try shows it true.
		this.refusals = isCutShort ? refusals : count;
		if (isCutShort) this.windowMs = Infinity;
		this.period = { left: 0, refused: 0, since: 0 };
		this.isWalled = true;
		this.allowance = 1;
		return count;
	}

	/** Nothing more is sent for this model: the service will not serve it for hours. */
	close(model: string, reply: Reply): void {
		this.closed.set(model, reply);
		this.holdUntil = 0;
	}

	/** The reply that closed this model, for the requests that come after it. */
	readonly closedFor = (model: string): Reply | undefined => this.closed.get(model);

	/**
	 * A request has used up its retries. A limit that outlasts them is none per minute, so the other
	 * items need not wait as long again, each for itself; an overload may still pass.
	 */
	giveUp(status: number): void {
		if (status === 429) this.holdUntil = 0;
	}

	/** One went ahead after a wall and was let in: as many may follow as got through before it. */
	private letIn(period: Period): void {
		if (!this.isWalled) {
			this.allowance++;
			return;
		}
		this.allowance = Math.max(1, this.measured.left - this.measured.refused - 1);
		this.windowMs = Math.min(this.windowMs, period.since - this.measured.since);
		this.isWalled = false;
		this.refusals = 0;
	}

	private first(): number {
		return Math.min(...this.waiting.keys());
	}

	private msUntilNext(weight: number): number {
		const now = Date.now();
		const answerDue =
			this.allowance > 0 ? 0 : (this.departures[this.departures.length - 1] ?? 0) + ANSWER_MS - now;
		const excess = this.departures.length + weight - this.requestsPerMinute;
		const isFull = this.requestsPerMinute > 0 && excess > 0;
		const paceDue = isFull ? this.departures[excess - 1] + WINDOW_MS - now : 0;
		return Math.max(this.holdUntil - now, answerDue, paceDue);
	}
}
