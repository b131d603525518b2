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
/** How long the last try may take to leave, because it may need a free slot. */
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
	/** Since when the last try before it gives up is due. */
	lastTryDueAt?: number;
}

/** A request that was sent. */
interface Sent {
	readonly departedAt: number;
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
	private lastRejection = { at: -Infinity, status: 429 };
	private dailyLimitAt = -Infinity;

	/** Until when the service asks to wait. */
	pausedUntil = -Infinity;

	private readonly unanswered = new Set<Sent>();
	private slowestAnswerMs = 0;

	/** The words of a rejection belong to the execution that got it. */
	private readonly ownReplies = new WeakMap<Owner, Reply>();

	depart(sent: Sent): void {
		this.lastDepartedAt = sent.departedAt;
		this.unanswered.add(sent);
	}

	/** @returns what was tried before, where it is the first acceptance after rejections */
	accept(sent: Sent, now: number): RetryTotals | undefined {
		this.unanswered.delete(sent);
		const tookMs = Math.min(now - sent.departedAt, MAX_ANSWER_MS);
		this.slowestAnswerMs = Math.max(this.slowestAnswerMs, tookMs);
		// What was sent before the dry spell, and took its time, does not end it.
		if (this.drySince === undefined || sent.departedAt < this.drySince) return undefined;
		const totals = this.totals(now);
		this.endDrySpell();
		return totals;
	}

	/** The answer says nothing, or there is none. */
	forget(sent: Sent): void {
		this.unanswered.delete(sent);
	}

	reject(sent: Sent, owner: Owner, reply: Reply, rejection: Rejection, now: number): void {
		const { status, retryAfterMs, isLasting } = rejection;
		this.unanswered.delete(sent);
		const idleSince = Math.max(this.lastRejection.at, this.pausedUntil);
		if (sent.departedAt > idleSince + IDLE_MS) this.endDrySpell();
		this.drySince ??= sent.departedAt;
		this.rejections++;
		this.lastRejection = { at: now, status };
		this.ownReplies.set(owner, reply);
		if (retryAfterMs !== undefined) this.pausedUntil = now + retryAfterMs;
		if (isLasting) this.dailyLimitAt = now;
	}

	/**
	 * Whether a request should stop waiting. Nobody gives up without a rejection after the deadline, or
	 * in the last minute of a pause that is longer.
	 *
	 * @param lastTryMs how long the last try may take to leave
	 * @returns why, or `tryOnceMore` when one request should be sent first, whatever pause there is
	 */
	of(request: Waiting, now: number, lastTryMs = LAST_TRY_MS): Denial | 'tryOnceMore' | undefined {
		const { execution, queuedAt } = request;
		if (request.shouldStop()) return { kind: 'notSent' };
		const { startedAt, giveUpMs } = execution;
		if (startedAt <= this.dailyLimitAt) return this.gaveUp('dailyLimit', execution, now);
		if (this.drySince === undefined || giveUpMs === 0) return undefined;
		const deadline = Math.max(this.drySince, queuedAt) + giveUpMs;
		const isClosed = this.pausedUntil > deadline;
		if (!isClosed && now < deadline) return (request.lastTryDueAt = undefined);
		const since = isClosed ? now - ASK_AGAIN_MS : deadline;
		const denial = () => this.gaveUp(isClosed ? 'retryAfter' : 'deadline', execution, now);
		if (this.lastRejection.at >= since && !this.isOpen(since)) return denial();
		const heldUntil = deadline + HOLD_MS + this.slowestAnswerMs;
		if (now < heldUntil && this.isOpen(this.drySince)) return undefined;
		if (this.lastDepartedAt >= since) return denial();
		request.lastTryDueAt ??= now;
		return now < request.lastTryDueAt + lastTryMs ? 'tryOnceMore' : denial();
	}

	gaveUp(reason: GaveUp['reason'], owner: Owner, now: number): GaveUp {
		const wordless: Reply = { kind: 'reply', status: this.lastRejection.status, text: '' };
		const reply = this.ownReplies.get(owner) ?? wordless;
		const askedMs = Math.max(0, this.pausedUntil - now);
		return { kind: 'gaveUp', reason, reply, totals: this.totals(now), askedMs };
	}

	/** Whether a request that left since then has no answer yet. */
	private isOpen(since: number): boolean {
		for (const { departedAt } of this.unanswered) if (departedAt >= since) return true;
		return false;
	}

	private endDrySpell(): void {
		this.drySince = undefined;
		this.rejections = 0;
		this.pausedUntil = -Infinity;
	}

	/** The rejections since an image was last accepted. */
	private totals(now: number): RetryTotals {
		const { rejections, drySince = now } = this;
		return { rejections, milliseconds: now - drySince };
	}
}
