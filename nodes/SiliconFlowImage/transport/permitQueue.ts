import { FairQueue } from './fairQueue';
import type { Denial, Execution, GaveUp, Permit, PermitRequest, RetryTotals } from './permit';
import { RateLimiter } from './rateLimiter';
import type { Reply } from './request';
import { SLICE_MS, systemClock, type Clock } from './wait';

interface Entry extends PermitRequest {
	state: 'waiting' | 'loading' | 'ready';
	/** When it began to load. */
	loadingSince: number;
	/** Whether it holds a slot of its execution. */
	hasSlot: boolean;
	readonly settle: (result: Permit | Denial) => void;
	readonly fail: (thrown: unknown) => void;
}

/** How many requests may load their input images at a time before they are sent. */
const MAX_LOADING = 2;
/** A request that takes longer to load, or to be answered, does not keep others from loading. */
const SLOW_MS = 1_000;
/** No further request loads while those that were just sent hold more. */
const MAX_SENT_BYTES = 16 * 1024 * 1024;

/**
 * The requests of one account for one model, from all executions in this process. A request is sent
 * when the rate limiter allows it and its execution has a free slot. Executions take turns.
 *
 * A waiting request holds no input images: they are loaded when it is next to be sent. Others may
 * overtake it meanwhile; once it is loaded, it goes first.
 */
export class PermitQueue {
	/** When it was last used, in milliseconds since 1970. */
	usedAt: number;

	private readonly waiting = new FairQueue<Execution, Entry>();

	/** Requests that load, or have loaded and go first. */
	private loaded: Entry[] = [];

	/** Requests that were sent with input images and are not answered yet. */
	private sent: Array<{ readonly at: number; readonly bytes: number }> = [];

	/** Permits that are not released yet. */
	private underWay = 0;

	private lastRejection?: Reply;

	/** When a daily limit was hit, and the rejection that said so. */
	private closed?: { readonly at: number; readonly reply: Reply };

	private isPolling = false;

	private isDispatching = false;

	private isDispatchDue = false;

	private reportedAt = 0;

	constructor(
		private readonly model: string,
		private readonly clock: Clock = systemClock,
		private readonly limiter = new RateLimiter(),
	) {
		this.usedAt = clock.now();
	}

	/** Whether no request waits or is under way. */
	get isIdle(): boolean {
		return this.underWay === 0 && !this.hasEntries;
	}

	/**
	 * Waits until the request may be sent.
	 *
	 * @throws whatever its `load` throws
	 */
	async acquire(request: PermitRequest): Promise<Permit | Denial> {
		this.usedAt = this.clock.now();
		return await new Promise((settle, fail) => {
			const state = 'waiting';
			this.waiting.add({ ...request, state, loadingSince: 0, hasSlot: false, settle, fail });
			request.execution.slots.onRelease(this.dispatch);
			this.dispatch();
			void this.poll();
		});
	}

	private get hasEntries(): boolean {
		return !this.waiting.isEmpty || this.loaded.length > 0;
	}

	/** Checks again and again while anything waits, so no wake-up can be missed. */
	private async poll(): Promise<void> {
		if (this.isPolling) return;
		this.isPolling = true;
		this.reportedAt = this.clock.now();
		try {
			while (this.hasEntries) {
				await this.clock.sleep(SLICE_MS);
				this.endPointless();
				this.dispatch();
				this.reportHeld();
			}
		} finally {
			this.isPolling = false;
		}
	}

	/** Sends every request that may go. A call from within only schedules another pass. */
	private readonly dispatch = (): void => {
		this.isDispatchDue = true;
		if (this.isDispatching) return;
		this.isDispatching = true;
		try {
			while (this.isDispatchDue) {
				this.isDispatchDue = false;
				while (this.dispatchOne(this.clock.now()));
			}
		} finally {
			this.isDispatching = false;
		}
	};

	/** @returns whether anything changed, so that another look is due */
	private dispatchOne(now: number): boolean {
		for (const entry of [...this.loaded, ...this.waiting.heads()]) {
			const reason = this.denialOf(entry, now);
			if (reason) {
				this.end(entry, reason);
				return true;
			}
			if (entry.state === 'loading' || this.departureTime(entry, now) > now) continue;
			if (!entry.hasSlot && !entry.execution.slots.hasFree) continue;
			const mustLoad = entry.load !== undefined && entry.state === 'waiting';
			if (mustLoad && this.isFullOfLoading(now)) continue;
			if (!entry.hasSlot) entry.execution.slots.take();
			entry.hasSlot = true;
			if (mustLoad) void this.load(entry, now);
			else this.grant(entry, now);
			return true;
		}
		return false;
	}

	private grant(entry: Entry, now: number): void {
		const { execution, settle } = entry;
		this.remove(entry);
		if (entry.state === 'waiting') this.waiting.served(execution);
		const images = entry.images();
		const attempt = this.limiter.depart(now, images, execution.giveUpMs === 0);
		this.underWay++;
		const sent = { at: now, bytes: entry.loadedBytes?.() ?? 0 };
		this.sent = [...this.sent.filter(({ at }) => at > now - SLOW_MS), sent];
		const answered = () => (this.sent = this.sent.filter((other) => other !== sent));
		settle({
			kind: 'permit',
			images,
			accepted: () => {
				answered();
				const { drySince = Infinity } = this.limiter;
				const answeredAt = this.clock.now();
				if (now >= drySince) execution.onResumed(this.model, this.totals(answeredAt));
				this.limiter.accept(attempt);
				this.dispatch();
			},
			rejected: (reply, rejection) => {
				answered();
				const answeredAt = this.clock.now();
				this.limiter.reject(attempt, answeredAt, rejection);
				this.lastRejection = reply;
				if (rejection.isLasting) this.closed = { at: answeredAt, reply };
				execution.onRejected(this.model, rejection.status);
				this.endPointless();
				this.dispatch();
				if (rejection.isLasting) return this.gaveUp('dailyLimit', reply, answeredAt);
				return execution.giveUpMs === 0 ? this.gaveUp('noWait', reply, answeredAt) : undefined;
			},
			inconclusive: () => {
				answered();
				this.limiter.forget(attempt);
				this.dispatch();
			},
			release: () => {
				this.underWay--;
				this.usedAt = this.clock.now();
				execution.slots.release();
			},
		});
	}

	private async load(entry: Entry, now: number): Promise<void> {
		this.waiting.remove(entry);
		this.waiting.served(entry.execution);
		this.loaded.push(entry);
		entry.state = 'loading';
		entry.loadingSince = now;
		try {
			await entry.load?.();
			entry.state = 'ready';
			this.dispatch();
			// It has to wait after all, and must not keep its execution from sending to other models.
			if (this.loaded.includes(entry)) this.releaseSlot(entry);
		} catch (thrown) {
			if (!this.remove(entry)) return;
			this.releaseSlot(entry);
			entry.fail(thrown);
		}
	}

	/** Slow ones do not count, nor those that are loaded but held back by a pace of their own. */
	private isFullOfLoading(now: number): boolean {
		const counted = this.loaded.filter((entry) =>
			entry.state === 'loading'
				? entry.loadingSince > now - SLOW_MS
				: this.departureTime(entry, now) <= now,
		);
		if (counted.length >= (this.limiter.isLimited ? 1 : MAX_LOADING)) return true;
		const recent = this.sent.filter(({ at }) => at > now - SLOW_MS);
		return recent.reduce((sum, { bytes }) => sum + bytes, 0) > MAX_SENT_BYTES;
	}

	/** Ends every request that waits in vain. */
	private endPointless(): void {
		const now = this.clock.now();
		for (const entry of [...this.loaded, ...this.waiting.entries()]) {
			const reason = this.denialOf(entry, now);
			if (reason) this.end(entry, reason);
		}
	}

	/** Why a request should stop waiting, or undefined. */
	private denialOf(entry: Entry, now: number): Denial | undefined {
		if (entry.shouldStop()) return { kind: 'notSent' };
		const { closed, lastRejection } = this;
		if (closed && entry.execution.startedAt <= closed.at) {
			return this.gaveUp('dailyLimit', closed.reply, now);
		}
		const deadline = this.deadlineOf(entry, now);
		if (!lastRejection || deadline === Infinity) return undefined;
		const { retryAfterEnd, lastRejectedAt } = this.limiter;
		if (retryAfterEnd <= deadline && lastRejectedAt < deadline) return undefined;
		const isTooLong = retryAfterEnd - lastRejectedAt > entry.execution.giveUpMs;
		return this.gaveUp(isTooLong ? 'retryAfter' : 'deadline', lastRejection, now);
	}

	private end(entry: Entry, reason: Denial): void {
		if (!this.remove(entry)) return;
		this.releaseSlot(entry);
		entry.settle(reason);
	}

	private releaseSlot(entry: Entry): void {
		if (!entry.hasSlot) return;
		entry.hasSlot = false;
		entry.execution.slots.release();
	}

	/** @returns whether it was there */
	private remove(entry: Entry): boolean {
		const wasLoaded = this.loaded.includes(entry);
		this.loaded = this.loaded.filter((other) => other !== entry);
		return this.waiting.remove(entry) || wasLoaded;
	}

	private departureTime(entry: Entry, now: number): number {
		const { execution } = entry;
		const images = entry.images();
		const paceTime = this.limiter.paceTime(images, execution.imagesPerMinute);
		if (execution.giveUpMs === 0) return paceTime;
		const deadline = this.deadlineOf(entry, now);
		return Math.max(paceTime, this.limiter.departureTime(now, images, deadline));
	}

	/** When the request gives up, in milliseconds since 1970; never while images are accepted. */
	private deadlineOf({ execution, queuedAt }: Entry, now: number): number {
		const { drySince } = this.limiter;
		const { giveUpMs } = execution;
		if (drySince === undefined || giveUpMs === 0) return Infinity;
		return this.limiter.isPresumedAccepting(now)
			? Infinity
			: Math.max(drySince, queuedAt) + giveUpMs;
	}

	private gaveUp(reason: GaveUp['reason'], reply: Reply, now: number): GaveUp {
		const askedMs = Math.max(0, this.limiter.retryAfterEnd - now);
		return { kind: 'gaveUp', reason, reply, totals: this.totals(now), askedMs };
	}

	private totals(now: number): RetryTotals {
		const { rejections, drySince = now } = this.limiter;
		return { rejections, milliseconds: now - drySince };
	}

	/** Reports how long the limit alone held back each execution. */
	private reportHeld(): void {
		const now = this.clock.now();
		const from = this.reportedAt;
		this.reportedAt = now;
		for (const entry of [...this.loaded, ...this.waiting.heads()]) {
			const { execution } = entry;
			const images = entry.images();
			const isPaced = this.limiter.paceTime(images, execution.imagesPerMinute) > now;
			const isHeld = this.limiter.departureTime(now, images) > now && execution.giveUpMs > 0;
			if (isHeld && !isPaced && (entry.hasSlot || execution.slots.hasFree)) {
				execution.onHeld(Math.max(from, entry.queuedAt), now);
			}
		}
	}
}
