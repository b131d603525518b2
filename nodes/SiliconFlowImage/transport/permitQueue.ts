import { FairQueue } from './fairQueue';
import type { Candidate, Execution, NoPermit, Permit, Tried } from './permit';
import { RateLimiter } from './rateLimiter';
import type { Reply } from './request';
import { SLICE_MS, systemClock, type Clock } from './wait';

interface Waiting extends Candidate {
	/** When it began to load what it takes along. */
	preparingSince?: number;
	isReady: boolean;
	readonly settle: (result: Permit | NoPermit) => void;
	readonly fail: (thrown: unknown) => void;
}

/** Requests that may load or hold what they take along before they leave. */
const MOST_PREPARED = 2;
/** A request that takes longer to load does not keep others from loading. */
const SLOW_MS = 1_000;

/**
 * The requests of one account for one model, of all executions in this process. Each leaves when
 * the rate limiter lets it and its execution has a free slot. Executions take turns.
 *
 * A request that waits holds nothing: what it takes along is loaded when it is next to leave.
 * Meanwhile others may pass; once it is loaded, it goes first.
 */
export class PermitQueue {
	/** When it was last used, in milliseconds since 1970. */
	usedAt: number;

	private readonly waiting = new FairQueue<Execution, Waiting>();

	/** Those that load or have loaded. */
	private prepared: Waiting[] = [];

	private lastRejection?: Reply;

	/** When a limit was met that no wait helps against. */
	private closedAt = -Infinity;

	private isWatching = false;

	private isServing = false;

	private isServeDue = false;

	private toldAt = 0;

	constructor(
		private readonly model: string,
		private readonly clock: Clock = systemClock,
		private readonly limiter = new RateLimiter(),
	) {
		this.usedAt = clock.now();
	}

	get isIdle(): boolean {
		return this.waiting.isEmpty && this.prepared.length === 0;
	}

	/**
	 * Waits until the request may leave.
	 *
	 * @throws whatever its `prepare` throws
	 */
	async acquire(candidate: Candidate): Promise<Permit | NoPermit> {
		return await new Promise((settle, fail) => {
			this.waiting.add({ ...candidate, isReady: false, settle, fail });
			candidate.owner.slots.onRelease(this.serve);
			this.serve();
			void this.watch();
		});
	}

	/** Looks around again and again while anything waits, so that no wake-up can be missed. */
	private async watch(): Promise<void> {
		if (this.isWatching) return;
		this.isWatching = true;
		while (!this.isIdle) {
			await this.clock.sleep(SLICE_MS);
			this.endUseless();
			this.serve();
			this.tellHeld();
		}
		this.isWatching = false;
	}

	/** Lets leave whatever may. A call from within, such as by a slot that is given back, adds a round. */
	private readonly serve = (): void => {
		this.isServeDue = true;
		if (this.isServing) return;
		this.isServing = true;
		const now = this.clock.now();
		this.usedAt = now;
		while (this.isServeDue) {
			this.isServeDue = false;
			while (this.serveNext(now));
		}
		this.isServing = false;
	};

	/** @returns whether anything has changed, so that another look is due */
	private serveNext(now: number): boolean {
		for (const entry of [...this.prepared, ...this.waiting.heads()]) {
			const result = this.uselessness(entry, now);
			if (result) {
				this.end(entry, result);
				return true;
			}
			const isLoading = entry.preparingSince !== undefined && !entry.isReady;
			if (isLoading || this.departureTime(entry, now) > now) continue;
			if (!entry.isReady) {
				if (!entry.owner.slots.hasFree) continue;
				if (entry.prepare && this.isFullOfPrepared(now)) continue;
				entry.owner.slots.take();
			}
			if (entry.prepare && !entry.isReady) void this.prepare(entry, now);
			else this.letLeave(entry, now);
			return true;
		}
		return false;
	}

	/** Ends every request that has no use in waiting. */
	private endUseless(): void {
		const now = this.clock.now();
		for (const entry of [...this.prepared, ...this.waiting.entries()]) {
			const result = this.uselessness(entry, now);
			if (result) this.end(entry, result);
		}
	}

	/** Why a request has no use in waiting on, or undefined. */
	private uselessness(entry: Waiting, now: number): NoPermit | undefined {
		if (entry.shouldStop()) return { kind: 'notSent' };
		const reply = this.lastRejection;
		if (!reply) return undefined;
		const deadline = this.deadlineOf(entry);
		const isClosed = entry.owner.startedAt <= this.closedAt;
		const isLate = this.limiter.lastRejectedAt >= deadline || this.limiter.retryAfterEnd > deadline;
		return isClosed || isLate ? { kind: 'gaveUp', reply, tried: this.tried(now) } : undefined;
	}

	private end(entry: Waiting, result: NoPermit): void {
		if (!this.remove(entry)) return;
		if (entry.preparingSince !== undefined) entry.owner.slots.release();
		entry.settle(result);
	}

	private letLeave(entry: Waiting, now: number): void {
		const { owner, images, settle } = entry;
		this.remove(entry);
		this.waiting.served(owner);
		const count = images();
		const attempt = this.limiter.depart(now, count);
		settle({
			kind: 'permit',
			images: count,
			accepted: () => {
				if (this.limiter.drySince !== undefined)
					owner.onResumed(this.model, this.tried(this.clock.now()));
				this.limiter.accept(attempt);
				this.serve();
			},
			rejected: (reply, rejection) => {
				const answeredAt = this.clock.now();
				this.limiter.reject(attempt, answeredAt, rejection);
				this.lastRejection = reply;
				if (rejection.isLasting) this.closedAt = answeredAt;
				owner.onRejected(this.model, rejection.status);
				this.endUseless();
				this.serve();
				const isFinal = rejection.isLasting === true || owner.giveUpMs === 0;
				return isFinal ? { kind: 'gaveUp', reply, tried: this.tried(answeredAt) } : undefined;
			},
			forget: () => {
				this.limiter.forget(attempt);
				this.serve();
			},
			release: () => owner.slots.release(),
		});
	}

	private async prepare(entry: Waiting, now: number): Promise<void> {
		this.waiting.remove(entry);
		this.waiting.served(entry.owner);
		this.prepared.push(entry);
		entry.preparingSince = now;
		try {
			await entry.prepare?.();
			entry.isReady = true;
		} catch (thrown) {
			if (this.remove(entry)) {
				entry.owner.slots.release();
				entry.fail(thrown);
			}
		}
		this.serve();
	}

	/** Those that load slowly do not count, or they would keep the others waiting. */
	private isFullOfPrepared(now: number): boolean {
		const counted = this.prepared.filter(
			({ isReady, preparingSince = 0 }) => isReady || preparingSince > now - SLOW_MS,
		);
		return counted.length >= (this.limiter.isLimited ? 1 : MOST_PREPARED);
	}

	/** @returns whether it was there */
	private remove(entry: Waiting): boolean {
		const wasPrepared = this.prepared.includes(entry);
		this.prepared = this.prepared.filter((other) => other !== entry);
		return this.waiting.remove(entry) || wasPrepared;
	}

	private departureTime(entry: Waiting, now: number): number {
		const { images, owner } = entry;
		const paceTime = this.limiter.paceTime(images(), owner.imagesPerMinute);
		if (owner.giveUpMs === 0) return paceTime;
		const deadline = this.deadlineOf(entry);
		return Math.max(paceTime, this.limiter.departureTime(now, images(), deadline));
	}

	/** When the request gives up, in milliseconds since 1970; never while images are accepted. */
	private deadlineOf({ owner, since }: Waiting): number {
		const { drySince } = this.limiter;
		if (drySince === undefined || owner.giveUpMs === 0) return Infinity;
		return Math.max(drySince, since) + owner.giveUpMs;
	}

	private tried(now: number): Tried {
		const { rejections, drySince = now } = this.limiter;
		return { rejections, milliseconds: now - drySince };
	}

	/** Tells executions that could send if it were not for the limit how long they were held. */
	private tellHeld(): void {
		const now = this.clock.now();
		const from = this.toldAt;
		this.toldAt = now;
		if (!this.limiter.isLimited) return;
		for (const entry of this.waiting.heads()) {
			const { owner, images } = entry;
			const isPaced = this.limiter.paceTime(images(), owner.imagesPerMinute) > now;
			if (!isPaced && owner.slots.hasFree) owner.onHeld(Math.max(from, entry.since), now);
		}
	}
}
