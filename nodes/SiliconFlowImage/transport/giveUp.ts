import type { Rejection } from '../contract/rejection';
import type { Reply } from './postImages';

/** What was tried while the service accepted nothing. */
export interface RetryTotals {
	readonly rejections: number;
	readonly milliseconds: number;
}

/** Waiting longer is pointless. */
export interface GaveUp {
	readonly kind: 'gaveUp';
	/**
	 * - `dailyLimit`: the model is closed for today
	 * - `retryAfter`: the service asks for a longer wait than Give Up After allows
	 * - `deadline`: nothing was accepted for as long as Give Up After says
	 * - `noWait`: Give Up After is 0
	 */
	readonly reason: 'dailyLimit' | 'retryAfter' | 'deadline' | 'noWait';
	/** The latest rejection of this execution; only a status, without words, where it had none. */
	readonly reply: Reply;
	readonly totals: RetryTotals;
	/** How much longer the service asks to wait, in milliseconds, where it does. */
	readonly askedMs: number;
}

/** No permission: the request is no longer wanted, or waiting is pointless. */
export type Denial = { readonly kind: 'notSent' } | GaveUp;

/** A request without an answer holds the end open for so long, beyond the slowest answer so far. */
const HOLD_MS = 60_000;
const MAX_ANSWER_MS = 5 * 60_000;
/** In a pause that is longer than Give Up After, one request may ask in so many milliseconds. */
const ASK_AGAIN_MS = 60_000;
/** How long a request that is due to give up waits for the last try, which may need a free slot. */
const LAST_TRY_MS = 10_000;
/** After so long without a request, earlier rejections say nothing. */
const IDLE_MS = 2 * 60_000;

/** An execution, as far as giving up matters. */
interface Owner {
	readonly startedAt: number;
	readonly giveUpMs: number;
}

/** A waiting request, as far as giving up matters. */
interface Waiting {
	readonly execution: Owner;
	readonly queuedAt: number;
	readonly shouldStop: () => boolean;
	/** Since when it could give up. */
	overdueSince?: number;
}

/**
 * When and why the requests of one account for one model stop waiting: when nothing was accepted for
 * as long as Give Up After says, or when the service says that it will not be. Times are on the clock
 * of the queue, in milliseconds.
 */
export class GiveUpRule {
	/** Since when the service has accepted nothing, and how often it has rejected since. */
	private drySince?: number;
	private rejections = 0;

	private lastDepartedAt = -Infinity;
	private lastRejectedAt = -Infinity;
	private lastStatus = 429;
	private retryAfterEnd = -Infinity;
	/** When a daily limit was hit. */
	private dailyLimitAt = -Infinity;

	/** Departures without an answer, and how long answers take. */
	private readonly pending = new Set<{ readonly departedAt: number }>();
	private slowestAnswerMs = 0;

	/** The words of a rejection belong to the execution that got it. */
	private readonly ownReplies = new WeakMap<Owner, Reply>();

	/** Until when a pause of the service lasts. */
	get pausedUntil(): number {
		return this.retryAfterEnd;
	}

	departed(attempt: { readonly departedAt: number }): void {
		this.lastDepartedAt = attempt.departedAt;
		this.pending.add(attempt);
	}

	/** @returns what was tried before, where it is the first acceptance after rejections */
	accepted(attempt: { readonly departedAt: number }, now: number): RetryTotals | undefined {
		this.pending.delete(attempt);
		const took = Math.min(now - attempt.departedAt, MAX_ANSWER_MS);
		this.slowestAnswerMs = Math.max(this.slowestAnswerMs, took);
		// What was sent before the dry spell, and took its time, does not end it.
		if (this.drySince === undefined || attempt.departedAt < this.drySince) return undefined;
		const totals = this.totals(now);
		this.endDrySpell();
		return totals;
	}

	inconclusive(attempt: { readonly departedAt: number }): void {
		this.pending.delete(attempt);
	}

	rejected(
		attempt: { readonly departedAt: number },
		execution: Owner,
		reply: Reply,
		{ status, retryAfterMs, isLasting }: Rejection,
		now: number,
	): void {
		this.pending.delete(attempt);
		const idleSince = Math.max(this.lastRejectedAt, this.retryAfterEnd);
		if (attempt.departedAt > idleSince + IDLE_MS) this.endDrySpell();
		this.drySince ??= attempt.departedAt;
		this.rejections++;
		this.lastRejectedAt = now;
		this.lastStatus = status;
		this.ownReplies.set(execution, reply);
		if (retryAfterMs !== undefined) this.retryAfterEnd = now + retryAfterMs;
		if (isLasting) this.dailyLimitAt = now;
	}

	/**
	 * Whether a request should stop waiting.
	 *
	 * @returns why, or `tryOnceMore` when one request should be sent first, whatever pause there is
	 */
	of(request: Waiting, now: number): Denial | 'tryOnceMore' | undefined {
		if (request.shouldStop()) return { kind: 'notSent' };
		const { execution, queuedAt } = request;
		if (execution.startedAt <= this.dailyLimitAt) return this.gaveUp('dailyLimit', execution, now);
		if (this.drySince === undefined || execution.giveUpMs === 0) return undefined;
		const deadline = Math.max(this.drySince, queuedAt) + execution.giveUpMs;
		const isClosed = this.retryAfterEnd > deadline;
		if (!isClosed && now < deadline) return (request.overdueSince = undefined);
		const since = isClosed ? now - ASK_AGAIN_MS : deadline;
		const reason = isClosed ? 'retryAfter' : 'deadline';
		const isSure = this.lastRejectedAt >= since && !this.hasOpen(since);
		if (isSure) return this.gaveUp(reason, execution, now);
		const holdsUntil = Math.max(since, deadline) + HOLD_MS + this.slowestAnswerMs;
		if (now < holdsUntil && this.hasOpen(this.drySince)) return undefined;
		request.overdueSince ??= now;
		if (now - request.overdueSince >= LAST_TRY_MS) return this.gaveUp(reason, execution, now);
		return this.lastDepartedAt < since ? 'tryOnceMore' : undefined;
	}

	gaveUp(reason: GaveUp['reason'], execution: Owner, now: number): GaveUp {
		const wordless: Reply = { kind: 'reply', status: this.lastStatus, text: '' };
		const reply = this.ownReplies.get(execution) ?? wordless;
		const askedMs = Math.max(0, this.retryAfterEnd - now);
		return { kind: 'gaveUp', reason, reply, totals: this.totals(now), askedMs };
	}

	/** Whether a request that left since then has no answer yet. */
	private hasOpen(since: number): boolean {
		for (const { departedAt } of this.pending) if (departedAt >= since) return true;
		return false;
	}

	private endDrySpell(): void {
		this.drySince = undefined;
		this.rejections = 0;
		this.retryAfterEnd = -Infinity;
	}

	/** The rejections since an image was last accepted. */
	private totals(now: number): RetryTotals {
		const { rejections, drySince = now } = this;
		return { rejections, milliseconds: now - drySince };
	}
}
