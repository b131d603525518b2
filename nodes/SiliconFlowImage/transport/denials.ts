import type { Rejection } from './attemptLog';
import type { Denial, GaveUp, PermitRequest, RetryTotals } from './permit';
import type { Reply } from './postImages';
import type { RateLimiter } from './rateLimiter';

/** When and why the requests of one account for one model stop waiting. */
export class Denials {
	private lastRejection?: Reply;

	/** When a daily limit was hit, and the rejection that said so. */
	private closed?: { readonly at: number; readonly reply: Reply };

	constructor(private readonly limiter: RateLimiter) {}

	/**
	 * The service rejected a request. The limiter knows it already.
	 *
	 * @param at in milliseconds since 1970
	 */
	reject(reply: Reply, at: number, { isLasting }: Rejection): void {
		this.lastRejection = reply;
		if (isLasting) this.closed = { at, reply };
	}

	/** Why a request should stop waiting, or undefined. */
	of(request: PermitRequest, now: number): Denial | undefined {
		if (request.shouldStop()) return { kind: 'notSent' };
		const { closed, lastRejection } = this;
		if (closed && request.execution.startedAt <= closed.at) {
			return this.gaveUp('dailyLimit', closed.reply, now);
		}
		const deadline = this.deadlineOf(request, now);
		if (!lastRejection || deadline === Infinity) return undefined;
		const { retryAfterEnd, lastRejectedAt } = this.limiter;
		if (retryAfterEnd <= deadline && lastRejectedAt < deadline) return undefined;
		const isTooLong = retryAfterEnd - lastRejectedAt > request.execution.giveUpMs;
		return this.gaveUp(isTooLong ? 'retryAfter' : 'deadline', lastRejection, now);
	}

	/** When the request gives up, in milliseconds since 1970; never while images are accepted. */
	deadlineOf({ execution, queuedAt }: PermitRequest, now: number): number {
		const { drySince } = this.limiter;
		const { giveUpMs } = execution;
		if (drySince === undefined || giveUpMs === 0) return Infinity;
		return this.limiter.isPresumedAccepting(now)
			? Infinity
			: Math.max(drySince, queuedAt) + giveUpMs;
	}

	gaveUp(reason: GaveUp['reason'], reply: Reply, now: number): GaveUp {
		const askedMs = Math.max(0, this.limiter.retryAfterEnd - now);
		return { kind: 'gaveUp', reason, reply, totals: this.totals(now), askedMs };
	}

	/** The rejections since an image was last accepted. */
	totals(now: number): RetryTotals {
		const { rejections, drySince = now } = this.limiter;
		return { rejections, milliseconds: now - drySince };
	}
}
