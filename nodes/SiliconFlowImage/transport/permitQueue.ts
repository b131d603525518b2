import type { Rejection } from '../contract/rejection';
import { FairQueue } from './fairQueue';
import { GiveUpRule, type Denial, type GaveUp, type RetryTotals } from './giveUp';
import type { Load, LoadRoom } from './loadRoom';
import type { Reply } from './postImages';
import { WINDOW_MS, type RateLimiter } from './rateLimiter';
import type { Semaphore } from './semaphore';
import {
	SLICE_MS,
	whileWanted,
	type Clock,
	type Moment,
	type Waiting,
	type WaitingLoop,
} from './wait';

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
	/** Loads the input images, and says how many bytes they are. May be called again after `unload`. */
	readonly load?: () => Promise<number>;
	/** Forgets what was loaded, because the request cannot be sent after all. */
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

/** It is time to load: the request has a slot and room in memory. */
interface Turn {
	readonly kind: 'turn';
	readonly inputs: Load;
	/** When it may be sent, as far as is known. */
	readonly opensAt: number;
	/** It is ahead no longer. */
	readonly endAhead: () => void;
}

/** It was loaded for a while, and could not be sent. */
interface TooLate {
	readonly kind: 'tooLate';
}

/** A request that waits for its turn to load; or to leave, if it has nothing to load or is loaded. */
interface Waiter extends PermitRequest {
	/** When it came into the queue this time. */
	readonly enteredAt: number;
	/** Images that its job needs in all. */
	readonly wanted: number;
	/** How long before it can be sent it is its turn to load. */
	readonly leadMs?: number;
	/** Its input images, where they are loaded. Then it holds a slot. */
	readonly inputs?: Load;
	/** Until when it keeps them, if it cannot be sent. */
	readonly keptUntil?: number;
	readonly settle: (result: Permit | Denial | Turn | TooLate) => void;
	/** For `GiveUpRule`. */
	lastTryDueAt?: number;
}

type Line = FairQueue<Execution, Waiter>;

/** What all queues of a process share. */
export interface QueueHost {
	readonly clock: Clock;
	readonly loop: WaitingLoop;
	readonly room: LoadRoom;
}

/** How long before a request can be sent its input images are loaded, at first and at most. */
const LEAD_MS = { first: 5_000, most: 30_000, factor: 1.5 } as const;
/** How long loaded input images are kept when the request cannot be sent at the expected time. */
const KEPT_MS = 5_000;

/**
 * The requests of one account for one model, from all executions in this process. Executions take
 * turns. The request whose turn it is leaves when the rate limiter allows it. An execution that cannot
 * go on for a reason of its own (no free slot, its pace, no room to load) is set aside until it can.
 *
 * A waiting request holds no input images. It has two turns: one shortly before it can be sent, to load
 * them, and then one to leave, before all that have not loaded. Others may overtake it while it loads;
 * those that are to load, too, begin only if they could leave with it, or when it takes long.
 */
export class PermitQueue implements Waiting {
	/** When it was last used, on the clock of the queue. */
	usedAt: number;

	/** When something may change without an answer. */
	dueAt = Infinity;

	/**
	 * All that wait, in the order in which they go: those with Give Up After 0, which do not wait for the
	 * limit nor hold up others; then the others. In both, those that are loaded go first.
	 */
	private readonly lines = Array.from({ length: 4 }, (): Line => new FairQueue());

	/** Images of the requests that load, but not for long, or are loaded. */
	private ahead = 0;

	/** Images that are waited for. */
	private wantedImages = 0;

	/** Slots that are held by requests that load, are loaded, or were sent. */
	private underWay = 0;

	private readonly pace = new Pace();

	/** Brings back those who wait for their pace or for those ahead, and when to look at them again. */
	private readonly aside: Array<() => void> = [];
	private asideUntil = Infinity;

	private readonly giveUp = new GiveUpRule();

	/** Whether the next request does not wait for the limit, because others give up without an answer. */
	private isLastTry = false;

	constructor(
		private readonly model: string,
		private readonly host: QueueHost,
		private readonly limiter: RateLimiter,
	) {
		this.usedAt = host.clock.now();
	}

	private get isWaiting(): boolean {
		return this.lines.some(({ isEmpty }) => !isEmpty);
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
		this.usedAt = this.host.clock.now();
		const { load } = request;
		return await (load ? this.acquireLoaded(request, load) : this.enter(request));
	}

	private async acquireLoaded(
		request: PermitRequest,
		load: () => Promise<number>,
	): Promise<Permit | Denial> {
		const { clock, room } = this.host;
		for (let leadMs: number = LEAD_MS.first; ; ) {
			const turn = await this.enter<Turn>({ ...request, leadMs });
			if (turn.kind !== 'turn') return turn;
			const { inputs, opensAt, endAhead } = turn;
			const beganAt = clock.now();
			let end: Permit | Denial | TooLate = { kind: 'notSent' };
			const asking = { ...request };
			const isPointless = () => {
				const denial = this.giveUp.of(asking, clock.now(), LEAD_MS.most);
				if (denial === undefined || denial === 'tryOnceMore') return false;
				end = denial;
				return true;
			};
			try {
				const bytes = await whileWanted(load(), isPointless, clock);
				if (bytes === undefined) return end;
				const now = clock.now();
				room.loaded(inputs, bytes);
				leadMs = Math.min(Math.max(leadMs, LEAD_MS.factor * (now - beganAt)), LEAD_MS.most);
				const keptUntil = Math.max(opensAt, now) + KEPT_MS;
				end = await this.enter<TooLate>({ ...request, inputs, keptUntil });
				if (end.kind !== 'tooLate') return end;
			} finally {
				if (end.kind !== 'permit') {
					room.end(inputs);
					request.unload?.();
					this.releaseSlot(request.execution);
				}
				endAhead();
			}
		}
	}

	private async enter<T = never>(
		waiter: Omit<Waiter, 'enteredAt' | 'wanted' | 'settle'> & { readonly wanted?: number },
	): Promise<Permit | Denial | T> {
		const enteredAt = this.host.clock.now();
		const wanted = waiter.wanted ?? waiter.images();
		return await new Promise((resolve) => {
			const settle = resolve as Waiter['settle'];
			this.lineOf(waiter).add({ ...waiter, wanted, enteredAt, settle });
			this.wantedImages += wanted;
			this.dispatch();
		});
	}

	private lineOf({ execution, inputs }: Pick<Waiter, 'execution' | 'inputs'>) {
		return this.lines[(execution.giveUpMs === 0 ? 0 : 2) + (inputs ? 0 : 1)];
	}

	/** @returns whether it was there */
	private leave(waiter: Waiter): boolean {
		if (!this.lineOf(waiter).remove(waiter)) return false;
		this.wantedImages -= waiter.wanted;
		return true;
	}

	onDue(): void {
		this.dispatch();
	}

	onSlice(): void {
		this.reportHeld();
		this.endPointless();
		const { now } = this.moment;
		for (const waiter of this.lines.flatMap((line) => line.all())) {
			const isTooLate = now >= (waiter.keptUntil ?? Infinity);
			if (isTooLate && this.leave(waiter)) waiter.settle({ kind: 'tooLate' });
		}
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
		const line = this.lines.find(({ first }) => first);
		const waiter = line?.first;
		if (!line || !waiter) return false;
		if (this.endIfPointless(waiter, now)) return true;
		const { execution, leadMs, inputs } = waiter;
		const { slots, imagesPerMinute, giveUpMs } = execution;
		const loads = leadMs !== undefined;
		const images = waiter.images();
		// What is loaded is to leave soon, so those ahead count as if they had left.
		const ahead = loads ? this.ahead : 0;
		const pacedUntil = this.pace.timeOf(images, imagesPerMinute, ahead);
		if (pacedUntil > now) return this.setAside(line, execution, pacedUntil);
		// Where the limit holds it back, it holds back all. One request is made ready meanwhile.
		const opensAt = this.departureTime(waiter, moment);
		const dueAt = loads && ahead === 0 ? opensAt - leadMs : opensAt;
		if (dueAt > now) {
			this.dueAt = Math.min(this.dueAt, dueAt);
			return false;
		}
		const isTooMany = ahead > 0 && giveUpMs > 0 && !this.limiter.mayLeaveSoon(images + ahead);
		if (isTooMany) return this.setAside(line, execution, Infinity);
		const { room } = this.host;
		const needed = [...(inputs ? [] : [slots]), ...(loads ? [room] : [])];
		const full = needed.find(({ hasFree }) => !hasFree);
		if (full) {
			line.setAside(execution);
			full.whenFree(() => {
				line.bringBack(execution);
				this.dispatch();
			});
			return true;
		}
		this.leave(waiter);
		if (!inputs) {
			slots.take();
			this.underWay++;
			line.served(execution);
		}
		if (loads) waiter.settle(this.turnOf(images, opensAt));
		else this.grant(waiter, moment);
		return true;
	}

	private turnOf(images: number, opensAt: number): Turn {
		let isAhead = true;
		const endAhead = () => {
			if (!isAhead) return;
			isAhead = false;
			this.ahead -= images;
			this.asideUntil = -Infinity;
			this.dispatch();
		};
		this.ahead += images;
		return { kind: 'turn', inputs: this.host.room.begin(endAhead), opensAt, endAhead };
	}

	private setAside(line: Line, execution: Execution, until: number): true {
		line.setAside(execution);
		this.aside.push(() => line.bringBack(execution));
		this.asideUntil = Math.min(this.asideUntil, until);
		return true;
	}

	/** Whoever still cannot go on is set aside again. */
	private bringBack(now: number): void {
		if (this.asideUntil <= now) {
			for (const bringBack of this.aside.splice(0)) bringBack();
			this.asideUntil = Infinity;
		}
		this.dueAt = this.asideUntil;
	}

	/** When the limit lets it go. */
	private departureTime(waiter: Waiter, moment: Moment): number {
		if (this.isLastTry || waiter.execution.giveUpMs === 0) return -Infinity;
		return this.limiter.departureTime(moment, waiter.images(), this.wantedImages);
	}

	/** Sends a request that has a slot. */
	private grant(waiter: Waiter, moment: Moment): void {
		const { execution, inputs } = waiter;
		const { clock, room } = this.host;
		this.isLastTry = false;
		const images = waiter.images();
		const attempt = this.limiter.depart(moment, images, this.wantedImages + images);
		this.giveUp.depart(attempt);
		this.pace.depart(moment.now, images);
		if (inputs) room.sent(inputs);
		const answered = () => {
			if (inputs) room.end(inputs);
			this.dispatch();
		};
		waiter.settle({
			kind: 'permit',
			images,
			accepted: () => {
				this.limiter.accept(attempt);
				const resumed = this.giveUp.accept(attempt, clock.now());
				if (resumed) execution.onResumed(this.model, resumed);
				answered();
			},
			rejected: (reply, rejection) => {
				const { moment: answeredAt } = this;
				this.limiter.reject(attempt, answeredAt, rejection);
				this.giveUp.reject(attempt, execution, reply, rejection, answeredAt.now);
				execution.onRejected(this.model, rejection.status);
				if (rejection.isLasting) this.endPointless();
				answered();
				if (!rejection.isLasting && execution.giveUpMs > 0) return undefined;
				const reason = rejection.isLasting ? 'dailyLimit' : 'noWait';
				return this.giveUp.gaveUp(reason, execution, answeredAt.now);
			},
			inconclusive: () => {
				this.limiter.forget(attempt);
				this.giveUp.forget(attempt);
				answered();
			},
			release: () => this.releaseSlot(execution),
		});
	}

	private releaseSlot({ slots }: Execution): void {
		this.underWay--;
		this.usedAt = this.host.clock.now();
		slots.release();
	}

	/** Ends every request that waits in vain. */
	private endPointless(): void {
		const { now } = this.moment;
		this.isLastTry = false;
		for (const waiter of this.lines.flatMap((line) => line.all())) this.endIfPointless(waiter, now);
	}

	/** @returns whether it no longer waits; before it gives up, one request may be sent at once */
	private endIfPointless(waiter: Waiter, now: number): boolean {
		const denial = this.giveUp.of(waiter, now);
		if (denial === 'tryOnceMore') this.isLastTry = true;
		if (denial === undefined || denial === 'tryOnceMore' || !this.leave(waiter)) return false;
		waiter.settle(denial);
		return true;
	}

	/** Reports how long the limit alone held back each execution. */
	private reportHeld(): void {
		const { moment } = this;
		const heads = [...this.lines[2].heads(), ...this.lines[3].heads()];
		if (heads.length === 0 || this.departureTime(heads[0], moment) <= moment.now) return;
		for (const { execution, enteredAt, inputs } of heads) {
			const isReady = inputs !== undefined || execution.slots.hasFree;
			if (isReady) execution.onHeld(Math.max(moment.now - SLICE_MS, enteredAt), moment.now);
		}
	}
}

/** The user's own pace: how many images left in the last minute. */
class Pace {
	/** When each image left, the latest last. */
	private images: number[] = [];

	depart(now: number, images: number): void {
		for (let n = 0; n < images; n++) this.images.push(now);
		if (this.images.length < 4_096 || this.images[2_048] > now - WINDOW_MS) return;
		this.images = this.images.slice(2_048);
	}

	/**
	 * When a request may be sent.
	 *
	 * @param most maximum number of images in any minute; 0 for no limit
	 * @param ahead images that leave before it
	 */
	timeOf(images: number, most: number, ahead = 0): number {
		if (most === 0) return -Infinity;
		const before = this.images.length - 1 - (most - Math.min(images, most) - ahead);
		if (before < 0) return -Infinity;
		return before < this.images.length ? this.images[before] + WINDOW_MS : Infinity;
	}
}
