import type { Rejection } from '../contract/rejection';
import { FairQueue } from './fairQueue';
import { GiveUpRule, type Denial, type GaveUp, type RetryTotals } from './giveUp';
import type { Load, LoadRoom } from './loadRoom';
import type { Reply } from './postImages';
import { WINDOW_MS, type RateLimiter } from './rateLimiter';
import type { Semaphore } from './semaphore';
import { SLICE_MS, type Clock, type Moment, type Waiting, type WaitingLoop } from './wait';

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

/** A request that waits. */
interface Waiter extends PermitRequest {
	/** When it came into the queue this time. */
	readonly enteredAt: number;
	/** Images that its job needs in all. */
	readonly wanted: number;
	readonly settle: (result: Permit | Denial) => void;
	readonly fail: (thrown: unknown) => void;
	/** Since when it could give up. */
	overdueSince?: number;
	/** Its input images, while it loads or has loaded them. */
	inputs?: Load;
	isLoaded: boolean;
	/** When it gives its slot and its input images back, if it could not be sent. */
	keptUntil: number;
	/** How long before it can be sent it begins to load. */
	leadMs: number;
}

/** How long before a request can be sent its input images are loaded, at first and at most. */
const LEAD_MS = { first: 5_000, most: 30_000, factor: 1.5 } as const;
/** How long loaded input images are kept when the request cannot be sent at the expected time. */
const KEPT_MS = 5_000;
/** How soon there may be room to load again. */
const ROOM_LOOK_MS = 100;

/**
 * The requests of one account for one model, from all executions in this process. Executions take
 * turns. The request whose turn it is leaves when the rate limiter allows it. An execution that cannot
 * go on for a reason of its own (no free slot, its pace, no room to load) is set aside until it can.
 *
 * A waiting request holds no input images: they are loaded shortly before it can be sent. Others may
 * overtake it meanwhile; once it is loaded, it goes first.
 */
export class PermitQueue implements Waiting {
	/** When it was last used, on the clock of the queue. */
	usedAt: number;

	/** When something may change without an answer. */
	dueAt = Infinity;

	/** Executions with Give Up After 0 go first: they do not wait for the limit, nor hold up others. */
	private readonly waiting = new FairQueue<Execution, Waiter>(({ giveUpMs }) => giveUpMs === 0);

	/** Requests that load, or have loaded and go first. Each holds a slot. */
	private readonly ahead = new Set<Waiter>();

	/** Executions that are set aside until a time, and when to look at them again. */
	private readonly aside = new Set<Execution>();
	private resumeAt = Infinity;

	private readonly pace = new Pace();

	private readonly giveUp = new GiveUpRule();

	/** Whether the next request does not wait for the limit, because others give up without an answer. */
	private isLastTry = false;

	/** Images that are waited for. */
	private wantedImages = 0;

	/** Permits that are not released yet. */
	private underWay = 0;

	constructor(
		private readonly model: string,
		private readonly host: QueueHost,
		private readonly limiter: RateLimiter,
	) {
		this.usedAt = host.clock.now();
	}

	private get isWaiting(): boolean {
		return this.ahead.size > 0 || !this.waiting.isEmpty;
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
		return await new Promise((settle, fail) => {
			const loading = { isLoaded: false, keptUntil: Infinity, leadMs: LEAD_MS.first };
			const wanted = request.wanted ?? request.images();
			this.waiting.add({ ...request, ...loading, enteredAt: now, wanted, settle, fail });
			this.wantedImages += wanted;
			this.dispatch();
		});
	}

	onDue(): void {
		this.dispatch();
	}

	onSlice(): void {
		this.reportHeld();
		this.endPointless();
		this.requeueStale();
		this.dispatch();
	}

	private get moment(): Moment {
		const { clock } = this.host;
		return { now: clock.now(), timeOfDay: clock.timeOfDay() };
	}

	/** Sends every request that may go, and sees to it that the next one is sent when it may. */
	private dispatch(): void {
		while (this.dispatchOne(this.moment));
		if (this.isWaiting) this.host.loop.add(this);
		else this.host.loop.remove(this);
	}

	/** @returns whether anything changed, so that another look is due */
	private dispatchOne(moment: Moment): boolean {
		const { now } = moment;
		this.bringBack(now);
		for (const waiter of this.ahead) {
			if (waiter.isLoaded && this.isDue(this.departureTime(waiter, moment), now)) {
				this.grant(waiter, moment);
				return true;
			}
		}
		const waiter = this.waiting.first;
		if (!waiter) return false;
		if (this.endIfPointless(waiter, now)) return true;
		const { execution, load, leadMs } = waiter;
		const { slots } = execution;
		const pacedAt = this.paceOf(waiter);
		if (pacedAt > now) return this.setAside(execution, pacedAt);
		// Where the limit holds it back, it holds back all. One request is made ready meanwhile.
		const opensAt = this.departureTime(waiter, moment);
		const mayLoad = load && (opensAt <= now || this.ahead.size === 0);
		if (!this.isDue(mayLoad ? opensAt - leadMs : opensAt, now)) return false;
		if (!slots.hasFree) {
			this.waiting.setAside(execution);
			slots.whenFree(() => {
				this.waiting.bringBack(execution);
				this.dispatch();
			});
			return true;
		}
		const inputs = load && this.host.room.begin(now);
		if (load && !inputs) return this.setAside(execution, now + ROOM_LOOK_MS);
		slots.take();
		this.waiting.served(execution);
		if (inputs) this.load(waiter, inputs, Math.max(now, opensAt));
		else this.grant(waiter, moment);
		return true;
	}

	/** @returns whether it is time; otherwise there is another look then */
	private isDue(at: number, now: number): boolean {
		if (at > now) this.dueAt = Math.min(this.dueAt, at);
		return at <= now;
	}

	private setAside(execution: Execution, until: number): true {
		this.waiting.setAside(execution);
		this.aside.add(execution);
		this.resumeAt = Math.min(this.resumeAt, until);
		return true;
	}

	/** Whoever still cannot go on is set aside again. */
	private bringBack(now: number): void {
		if (this.resumeAt <= now) {
			for (const execution of this.aside) this.waiting.bringBack(execution);
			this.aside.clear();
			this.resumeAt = Infinity;
		}
		this.dueAt = this.resumeAt;
	}

	private paceOf({ images, execution }: Waiter): number {
		return this.pace.timeOf(images(), execution.imagesPerMinute);
	}

	private departureTime(waiter: Waiter, moment: Moment): number {
		const pacedAt = this.paceOf(waiter);
		if (this.isLastTry || waiter.execution.giveUpMs === 0) return pacedAt;
		const opensAt = this.limiter.departureTime(moment, waiter.images(), this.wantedImages);
		return Math.max(pacedAt, opensAt);
	}

	/** @returns whether it was there */
	private leave(waiter: Waiter): boolean {
		if (!this.ahead.delete(waiter) && !this.waiting.remove(waiter)) return false;
		this.wantedImages -= waiter.wanted;
		return true;
	}

	private load(waiter: Waiter, inputs: Load, opensAt: number): void {
		const { clock, room } = this.host;
		const beganAt = clock.now();
		this.waiting.remove(waiter);
		this.ahead.add(waiter);
		waiter.inputs = inputs;
		const onLoaded = () => {
			if (!this.ahead.has(waiter)) return this.unload(waiter);
			const now = clock.now();
			const leadMs = Math.max(LEAD_MS.first, LEAD_MS.factor * (now - beganAt));
			waiter.leadMs = Math.min(leadMs, LEAD_MS.most);
			waiter.keptUntil = Math.max(opensAt, now) + KEPT_MS;
			waiter.isLoaded = true;
			room.loaded(inputs, waiter.loadedBytes?.() ?? 0);
			this.dispatch();
		};
		const onFailed = (thrown: unknown) => {
			room.end(inputs);
			if (!this.leave(waiter)) return;
			waiter.fail(thrown);
			waiter.execution.slots.release();
			this.dispatch();
		};
		// It begins a little later, so that one that throws at once is like any other.
		void Promise.resolve().then(waiter.load).then(onLoaded, onFailed);
	}

	private unload(waiter: Waiter): void {
		this.host.room.end(waiter.inputs);
		waiter.isLoaded = false;
		waiter.unload?.();
	}

	/** What is loaded and could not be sent gives its slot and its place in memory to others. */
	private requeueStale(): void {
		const { now } = this.moment;
		for (const waiter of this.ahead) {
			if (!waiter.isLoaded || now < waiter.keptUntil) continue;
			this.ahead.delete(waiter);
			this.waiting.add(waiter);
			this.unload(waiter);
			waiter.execution.slots.release();
		}
	}

	/** Sends a request that has a slot. */
	private grant(waiter: Waiter, moment: Moment): void {
		const { execution, inputs } = waiter;
		const { room, clock } = this.host;
		this.leave(waiter);
		this.isLastTry = false;
		const images = waiter.images();
		const attempt = this.limiter.depart(moment, images, this.wantedImages + images);
		this.giveUp.departed(attempt);
		this.pace.departed(moment.now, images);
		this.underWay++;
		room.sent(inputs, moment.now);
		waiter.settle({
			kind: 'permit',
			images,
			accepted: () => {
				room.end(inputs);
				this.limiter.accept(attempt);
				const resumed = this.giveUp.accepted(attempt, clock.now());
				if (resumed) execution.onResumed(this.model, resumed);
				this.dispatch();
			},
			rejected: (reply, rejection) => {
				room.end(inputs);
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
				room.end(inputs);
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

	/** Ends every request that waits in vain. */
	private endPointless(): void {
		const { now } = this.moment;
		this.isLastTry = false;
		for (const waiter of [...this.ahead, ...this.waiting.all()]) this.endIfPointless(waiter, now);
	}

	/** @returns whether it no longer waits; before it gives up, one request may be sent at once */
	private endIfPointless(waiter: Waiter, now: number): boolean {
		const denial = this.giveUp.of(waiter, now);
		if (denial === 'tryOnceMore') this.isLastTry = true;
		if (denial === undefined || denial === 'tryOnceMore') return false;
		const hasSlot = this.ahead.has(waiter);
		if (!this.leave(waiter)) return false;
		waiter.settle(denial);
		if (waiter.isLoaded) this.unload(waiter);
		if (hasSlot) waiter.execution.slots.release();
		return true;
	}

	/** Reports how long the limit alone held back each execution. */
	private reportHeld(): void {
		const { moment } = this;
		const { now } = moment;
		const heads = [...this.ahead, ...this.waiting.heads()];
		const [first] = heads;
		if (!first || this.limiter.departureTime(moment, first.images(), this.wantedImages) <= now)
			return;
		for (const waiter of heads) {
			const { execution, enteredAt } = waiter;
			if (this.ahead.has(waiter) || execution.slots.hasFree)
				execution.onHeld(Math.max(now - SLICE_MS, enteredAt), now);
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
