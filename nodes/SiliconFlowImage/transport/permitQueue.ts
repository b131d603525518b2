import { Denials } from './denials';
import { FairQueue } from './fairQueue';
import { LoadingRoom, SLOW_MS } from './loadingRoom';
import type { Denial, Execution, Permit, PermitRequest } from './permit';
import { RateLimiter } from './rateLimiter';
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

	private readonly room = new LoadingRoom();

	private readonly denials: Denials;

	/** Permits that are not released yet. */
	private underWay = 0;

	private isPolling = false;

	private isDispatching = false;

	private reportedAt = 0;

	constructor(
		private readonly model: string,
		private readonly clock: Clock = systemClock,
		private readonly limiter = new RateLimiter(),
	) {
		this.usedAt = clock.now();
		this.denials = new Denials(limiter);
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

	/** Sends every request that may go. It looks again after each, so a call from within adds nothing. */
	private readonly dispatch = (): void => {
		if (this.isDispatching) return;
		this.isDispatching = true;
		try {
			while (this.dispatchOne(this.clock.now()));
		} finally {
			this.isDispatching = false;
		}
	};

	/** @returns whether anything changed, so that another look is due */
	private dispatchOne(now: number): boolean {
		for (const entry of [...this.loaded, ...this.waiting.heads()]) {
			const reason = this.denials.of(entry, now);
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
		const answered = this.room.depart(now, entry.loadedBytes?.() ?? 0);
		settle({
			kind: 'permit',
			images,
			accepted: () => {
				answered();
				const { drySince = Infinity } = this.limiter;
				const answeredAt = this.clock.now();
				if (now >= drySince) execution.onResumed(this.model, this.denials.totals(answeredAt));
				this.limiter.accept(attempt);
				this.dispatch();
			},
			rejected: (reply, rejection) => {
				answered();
				const answeredAt = this.clock.now();
				this.limiter.reject(attempt, answeredAt, rejection);
				this.denials.reject(reply, answeredAt, rejection);
				execution.onRejected(this.model, rejection.status);
				this.dispatch();
				if (!rejection.isLasting && execution.giveUpMs > 0) return undefined;
				const reason = rejection.isLasting ? 'dailyLimit' : 'noWait';
				return this.denials.gaveUp(reason, reply, answeredAt);
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
		return this.room.isFull(now, counted.length, this.limiter.isLimited);
	}

	/** Ends every request that waits in vain. */
	private endPointless(): void {
		const now = this.clock.now();
		for (const entry of [...this.loaded, ...this.waiting.entries()]) {
			const reason = this.denials.of(entry, now);
			if (reason) this.end(entry, reason);
		}
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
		const deadline = this.denials.deadlineOf(entry, now);
		return Math.max(paceTime, this.limiter.departureTime(now, images, deadline));
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
