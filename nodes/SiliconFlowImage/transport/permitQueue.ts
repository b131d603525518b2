import type { Rejection } from '../contract/rejection';
import { FairQueue } from './fairQueue';
import type { Load, LoadRoom } from './loadRoom';
import type { Reply } from './postImages';
import { GiveUpRule, type Denial, type GaveUp, type RetryTotals } from './giveUp';
import { WINDOW_MS, type RateLimiter } from './rateLimiter';
import type { Semaphore } from './semaphore';
import type { Clock, Moment, Waiting, WaitingLoop } from './wait';

/** One execution of the node, as far as others that share its account need to know it. */
export interface Execution {
	/** On the clock of the queue (`Clock.now`), in milliseconds. */
	readonly startedAt: number;
	/** Limits its requests under way. */
	readonly slots: Semaphore;
	/** Maximum number of images per minute, counted over all executions; 0: no limit. */
	readonly imagesPerMinute: number;
	/** How long to keep trying while nothing is accepted, in milliseconds; 0: do not wait. */
	readonly giveUpMs: number;
	/** The service rejected one of its requests. */
	readonly onRejected: (model: string, status: number) => void;
	/** One of its requests was the first that the service accepted again. */
	readonly onResumed: (model: string, totals: RetryTotals) => void;
	/** The limit alone held it back, from one time to another, to about half a second. */
	readonly onHeld: (from: number, to: number) => void;
}

/** A request that asks for permission to be sent. */
export interface PermitRequest {
	readonly execution: Execution;
	/** Its place among the requests of its execution. */
	readonly position: number;
	/** When it was queued for the first time, on the clock of the queue, in milliseconds. */
	readonly queuedAt: number;
	/** How many images to ask for. Called when it is sent, because batches may turn out not to work. */
	readonly images: () => number;
	/** How many images its job needs in all; as many as `images` says where it is left out. */
	readonly wanted?: number;
	/** Whether it is no longer wanted. */
	readonly shouldStop: () => boolean;
	/** Loads the input images, shortly before it can be sent. May be called again after `unload`. */
	readonly load?: () => Promise<void>;
	/** The size of what was loaded, in bytes. */
	readonly loadedBytes?: () => number;
	/** Forgets what was loaded, because the request cannot be sent after all, or ended. */
	readonly unload?: () => void;
}

/** Permission to send one request. It holds a slot of the execution until it is released. */
export interface Permit {
	readonly kind: 'permit';
	readonly images: number;
	/** The service made images. */
	accepted(): void;
	/**
	 * The service rejected the request for now.
	 *
	 * @returns undefined when the request may be sent again, with another permit
	 */
	rejected(reply: Reply, rejection: Rejection): GaveUp | undefined;
	/** The answer says nothing about the limit, or there is none. */
	inconclusive(): void;
	/** The request, and everything that follows from it, is finished. */
	release(): void;
}

/** What all queues of a process share. */
export interface QueueHost {
	readonly clock: Clock;
	readonly loop: WaitingLoop;
	readonly room: LoadRoom;
}

interface Entry extends PermitRequest {
	/** When it came into the queue this time. */
	readonly enteredAt: number;
	/** Images that its job needs in all. */
	readonly wanted: number;
	readonly settle: (result: Permit | Denial) => void;
	readonly fail: (thrown: unknown) => void;
	/** Since when it could give up. */
	overdueSince?: number;
	/** Whether the limit held it back. */
	isHeld?: boolean;
	/** Whether it no longer waits for the limit, because it is its last attempt. */
	isLastAttempt?: boolean;
	/** Its input images, while it loads or has loaded them; it holds a slot then. */
	loading?: Load;
	/** When it gives its slot and its input images back, if it could not be sent. */
	keptUntil: number;
	/** How long before it can be sent it begins to load. */
	leadMs: number;
}

type Lane = FairQueue<Execution, Entry>;

/** How long before a request can be sent its input images are loaded, at first and at most. */
const LEAD_MS = { first: 5_000, most: 30_000, factor: 1.5 } as const;
/** How long loaded input images are kept when the request cannot be sent at the expected time. */
const KEPT_MS = 5_000;
/** How soon there may be room to load again. */
const ROOM_LOOK_MS = 100;

/**
 * The requests of one account for one model, from all executions in this process. A request is sent
 * when the rate limiter allows it and its execution has a free slot. Executions take turns.
 *
 * A waiting request holds no input images: they are loaded shortly before it can be sent. Others may
 * overtake it meanwhile; once it is loaded, it goes first.
 */
export class PermitQueue implements Waiting {
	/** When it was last used, on the clock of the queue. */
	usedAt: number;

	/** When something may change without an answer. */
	dueAt = Infinity;

	private readonly waiting = new FairQueue<Execution, Entry>();

	/** Requests with Give Up After 0, which do not wait for the limit. */
	private readonly unlimited = new FairQueue<Execution, Entry>();

	/** Requests that load, or have loaded and go first. Each holds a slot. */
	private readonly ahead = new Set<Entry>();

	/** Executions that wait for something of their own until a time: their pace, or room to load. */
	private aside: Array<{
		readonly lane: Lane;
		readonly execution: Execution;
		readonly at: number;
	}> = [];

	private readonly pace = new Pace();

	private readonly giveUp = new GiveUpRule();

	/** Images that those who wait for the limit need. */
	private wantedImages = 0;

	/** Permits that are not released yet. */
	private underWay = 0;

	private isDispatching = false;

	private reportedAt = 0;

	constructor(
		private readonly model: string,
		private readonly host: QueueHost,
		private readonly limiter: RateLimiter,
	) {
		this.usedAt = host.clock.now();
	}

	private get isWaiting(): boolean {
		return this.ahead.size > 0 || !this.waiting.isEmpty || !this.unlimited.isEmpty;
	}

	/** Whether nobody needs it now, nor what it knows of a pause. */
	isIdle(now: number): boolean {
		return this.underWay === 0 && !this.isWaiting && this.giveUp.pausedUntil <= now;
	}

	/**
	 * Waits until the request may be sent.
	 *
	 * @throws whatever its `load` throws
	 */
	async acquire(request: PermitRequest): Promise<Permit | Denial> {
		const now = this.host.clock.now();
		this.usedAt = now;
		if (!this.isWaiting) this.reportedAt = now;
		return await new Promise((settle, fail) => {
			const own = { enteredAt: now, settle, fail, keptUntil: Infinity, leadMs: LEAD_MS.first };
			const wanted = request.wanted ?? request.images();
			this.enter({ ...request, ...own, wanted });
			this.dispatch();
		});
	}

	onDue(): void {
		this.dispatch();
	}

	onSlice(): void {
		this.reportHeld();
		this.endPointless();
		this.unloadStale();
		this.dispatch();
	}

	private get moment(): Moment {
		const { clock } = this.host;
		return { now: clock.now(), timeOfDay: clock.timeOfDay() };
	}

	private laneOf({ execution }: Entry) {
		return execution.giveUpMs === 0 ? this.unlimited : this.waiting;
	}

	private enter(entry: Entry): void {
		this.laneOf(entry).add(entry);
		this.wantedImages += entry.wanted;
	}

	/** @returns whether it was there */
	private leave(entry: Entry): boolean {
		if (!this.laneOf(entry).remove(entry) && !this.ahead.delete(entry)) return false;
		this.wantedImages -= entry.wanted;
		return true;
	}

	/** Sends every request that may go, and sees to it that the next one is sent when it may. */
	private dispatch(): void {
		if (this.isDispatching) return;
		this.isDispatching = true;
		try {
			while (this.dispatchOne(this.moment));
		} finally {
			this.isDispatching = false;
		}
		if (this.isWaiting) this.host.loop.add(this);
		else this.host.loop.remove(this);
	}

	/** @returns whether anything changed, so that another look is due */
	private dispatchOne(moment: Moment): boolean {
		this.dueAt = Infinity;
		this.resume(moment.now);
		for (const entry of this.ahead) {
			if (entry.loading?.state !== 'loaded') continue;
			const at = this.departureTime(entry, moment);
			if (at > moment.now) this.dueAt = Math.min(this.dueAt, at);
			else {
				this.grant(entry, moment);
				return true;
			}
		}
		return this.serve(this.unlimited, moment) || this.serve(this.waiting, moment);
	}

	/** Serves the execution whose turn it is. Where the limit holds it back, it holds back all. */
	private serve(lane: Lane, moment: Moment): boolean {
		const entry = lane.first;
		if (!entry) return false;
		const { now } = moment;
		const { execution } = entry;
		if (this.end(entry, this.giveUp.of(entry, now))) return true;
		const pacedAt = this.pace.timeOf(entry.images(), execution.imagesPerMinute);
		if (pacedAt > now) return this.setAside(lane, execution, pacedAt);
		const opensAt = this.departureTime(entry, moment);
		// Before the limit has room again, one request is made ready.
		const mayLoad = entry.load && (opensAt <= now || this.ahead.size < 1);
		const at = mayLoad ? opensAt - entry.leadMs : opensAt;
		if (at > now) {
			entry.isHeld = true;
			this.dueAt = Math.min(this.dueAt, at);
			return false;
		}
		if (!execution.slots.hasFree) {
			lane.setAside(execution);
			execution.slots.whenFree(() => {
				lane.bringBack(execution);
				this.dispatch();
			});
			return true;
		}
		return this.advance(entry, moment) || this.setAside(lane, execution, now + ROOM_LOOK_MS);
	}

	private setAside(lane: Lane, execution: Execution, until: number): true {
		lane.setAside(execution);
		this.aside.push({ lane, execution, at: until });
		return true;
	}

	/**
	 * Sends a request, or first loads its input images. Its execution has had its turn then.
	 *
	 * @returns false where there is no room to load
	 */
	private advance(entry: Entry, moment: Moment): boolean {
		const { execution } = entry;
		const lane = this.laneOf(entry);
		if (!entry.load) {
			execution.slots.take();
			lane.served(execution);
			this.grant(entry, moment);
			return true;
		}
		const opensAt = Math.max(moment.now, this.departureTime(entry, moment));
		const loading = this.host.room.begin(moment.now);
		if (!loading) return false;
		lane.served(execution);
		lane.remove(entry);
		execution.slots.take();
		this.ahead.add(entry);
		void this.load(entry, loading, opensAt + KEPT_MS);
		return true;
	}

	private async load(entry: Entry, loading: Load, keptUntil: number): Promise<void> {
		const { clock, room } = this.host;
		const beganAt = clock.now();
		entry.loading = loading;
		entry.keptUntil = keptUntil;
		try {
			await entry.load?.();
		} catch (thrown) {
			room.end(loading);
			if (!this.ahead.has(entry)) return;
			this.leave(entry);
			entry.execution.slots.release();
			entry.fail(thrown);
			this.dispatch();
			return;
		}
		const now = clock.now();
		entry.leadMs = Math.min(
			Math.max(LEAD_MS.first, LEAD_MS.factor * (now - beganAt)),
			LEAD_MS.most,
		);
		if (!this.ahead.has(entry)) return this.unload(entry);
		entry.keptUntil = Math.max(keptUntil, now + KEPT_MS);
		room.loaded(loading, now, entry.loadedBytes?.() ?? 0);
		this.dispatch();
	}

	private unload(entry: Entry): void {
		this.host.room.end(entry.loading);
		entry.loading = undefined;
		entry.unload?.();
	}

	/** What is loaded and could not be sent gives its slot and its place in memory to others. */
	private unloadStale(): void {
		const now = this.host.clock.now();
		for (const entry of this.ahead) {
			if (entry.loading?.state !== 'loaded' || now < entry.keptUntil) continue;
			this.unload(entry);
			this.ahead.delete(entry);
			this.laneOf(entry).add(entry);
			entry.execution.slots.release();
		}
	}

	/** Sends a request that has a slot. */
	private grant(entry: Entry, moment: Moment): void {
		const { execution, settle, loading } = entry;
		const { room, clock } = this.host;
		const { now } = moment;
		this.leave(entry);
		if (entry.isHeld) execution.onHeld(Math.max(this.reportedAt, entry.enteredAt), now);
		const images = entry.images();
		const attempt = this.limiter.depart(moment, images, this.wantedImages + images);
		this.giveUp.departed(attempt);
		this.pace.departed(now, images);
		this.underWay++;
		if (loading) room.sent(loading, now);
		settle({
			kind: 'permit',
			images,
			accepted: () => {
				room.end(loading);
				this.limiter.accept(attempt);
				const resumed = this.giveUp.accepted(attempt, clock.now());
				if (resumed) execution.onResumed(this.model, resumed);
				this.dispatch();
			},
			rejected: (reply, rejection) => {
				room.end(loading);
				const answeredAt = this.moment;
				this.limiter.reject(attempt, answeredAt, rejection);
				this.giveUp.rejected(attempt, execution, reply, rejection, answeredAt.now);
				execution.onRejected(this.model, rejection.status);
				if (rejection.isLasting) this.endPointless();
				this.dispatch();
				if (!rejection.isLasting && execution.giveUpMs > 0) return undefined;
				const reason = rejection.isLasting ? 'dailyLimit' : 'noWait';
				return this.giveUp.gaveUp(reason, execution, answeredAt.now);
			},
			inconclusive: () => {
				room.end(loading);
				this.limiter.forget(attempt);
				this.giveUp.inconclusive(attempt);
				this.dispatch();
			},
			release: () => {
				this.underWay--;
				this.usedAt = clock.now();
				execution.slots.release();
			},
		});
	}

	/** Ends every request that waits in vain, and lets those that are about to give up try once more. */
	private endPointless(): void {
		const { moment } = this;
		for (const entry of [...this.ahead, ...this.waiting.entries(), ...this.unlimited.entries()]) {
			const reason = this.giveUp.of(entry, moment.now);
			if (reason !== 'lastAttempt') this.end(entry, reason);
			else this.tryLast(entry, moment);
		}
	}

	/** Its last attempt does not wait for the limit, but for everything else. */
	private tryLast(entry: Entry, moment: Moment): void {
		for (const other of this.ahead) if (other.isLastAttempt) return;
		entry.isLastAttempt = true;
		const canLeave =
			entry.execution.slots.hasFree && this.departureTime(entry, moment) <= moment.now;
		if (this.ahead.has(entry) || (canLeave && this.advance(entry, moment))) return;
		entry.isLastAttempt = false;
	}

	private end(entry: Entry, reason: Denial | 'lastAttempt' | undefined): boolean {
		if (reason === undefined || reason === 'lastAttempt') return false;
		// It leaves before its slot is free, because that lets others look at the queue.
		const hasSlot = this.ahead.has(entry);
		if (!this.leave(entry)) return false;
		if (hasSlot) entry.execution.slots.release();
		if (entry.loading?.state === 'loaded') this.unload(entry);
		entry.settle(reason);
		return true;
	}

	private departureTime(entry: Entry, moment: Moment): number {
		const images = entry.images();
		const pacedAt = this.pace.timeOf(images, entry.execution.imagesPerMinute);
		if (entry.execution.giveUpMs === 0 || entry.isLastAttempt) return pacedAt;
		return Math.max(pacedAt, this.limiter.departureTime(moment, images, this.wantedImages));
	}

	private resume(now: number): void {
		if (this.aside.some(({ at }) => at <= now)) {
			const due = this.aside.filter(({ at }) => at <= now);
			this.aside = this.aside.filter(({ at }) => at > now);
			for (const { lane, execution } of due) lane.bringBack(execution);
		}
		for (const { at } of this.aside) this.dueAt = Math.min(this.dueAt, at);
	}

	/** Reports how long the limit alone held back each execution. */
	private reportHeld(): void {
		const { moment } = this;
		const { now } = moment;
		const from = this.reportedAt;
		this.reportedAt = now;
		const heads = [...this.ahead, ...this.waiting.heads()];
		const [first] = heads;
		if (!first || this.limiter.departureTime(moment, first.images(), this.wantedImages) <= now)
			return;
		for (const entry of heads) {
			const { execution, enteredAt } = entry;
			if (this.ahead.has(entry) || execution.slots.hasFree)
				execution.onHeld(Math.max(from, enteredAt), now);
		}
	}
}

/** The user's own pace: how many images left in the last minute. */
class Pace {
	/** When each image left, the latest last. */
	private images: number[] = [];

	departed(now: number, images: number): void {
		for (let n = 0; n < images; n++) this.images.push(now);
		if (this.images.length < 4_096 || this.images[2_048] > now - WINDOW_MS) return;
		this.images = this.images.slice(2_048);
	}

	/**
	 * When a request may be sent.
	 *
	 * @param most maximum number of images in any minute; 0 for no limit
	 */
	timeOf(images: number, most: number): number {
		if (most === 0) return -Infinity;
		const before = this.images.length - 1 - (most - Math.min(images, most));
		return before < 0 ? -Infinity : this.images[before] + WINDOW_MS;
	}
}
