import type { Rejection } from './attemptLog';
import type { Reply } from './postImages';
import type { Semaphore } from './semaphore';

/** One execution of the node, as far as others that share its account need to know it. */
export interface Execution {
	/** Milliseconds since 1970. */
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
	/** The limit alone held it back, from one time to another, in milliseconds since 1970. */
	readonly onHeld: (from: number, to: number) => void;
}

/** A request that asks for permission to be sent. */
export interface PermitRequest {
	readonly execution: Execution;
	/** Its place among the requests of its execution. */
	readonly position: number;
	/** When it was queued for the first time, in milliseconds since 1970. */
	readonly queuedAt: number;
	/** How many images to ask for. Called when it is sent, because batches may turn out not to work. */
	readonly images: () => number;
	/** Whether it is no longer wanted. */
	readonly shouldStop: () => boolean;
	/** Loads the input images. Called when it is next to be sent. */
	readonly load?: () => Promise<void>;
	/** The size of what was loaded, in bytes. */
	readonly loadedBytes?: () => number;
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
	/** The rejection that decided it. */
	readonly reply: Reply;
	readonly totals: RetryTotals;
	/** How much longer the service asks to wait, in milliseconds, where it does. */
	readonly askedMs: number;
}

/** No permission: the request is no longer wanted, or waiting is pointless. */
export type Denial = { readonly kind: 'notSent' } | GaveUp;
