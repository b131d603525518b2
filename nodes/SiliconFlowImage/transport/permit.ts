import type { Rejection } from './attemptLog';
import type { Reply } from './request';
import type { Semaphore } from './semaphore';

/** One execution of the node, as far as it meets others in the queue. */
export interface Execution {
	/** Milliseconds since 1970. */
	readonly startedAt: number;
	/** Bounds its requests under way. */
	readonly slots: Semaphore;
	/** Most images that may leave in any minute, whichever execution asks for them; 0: no limit. */
	readonly imagesPerMinute: number;
	/** How long to keep trying while nothing is accepted, in milliseconds; 0: do not wait. */
	readonly giveUpMs: number;
	/** Told when the service rejects a request of it, lets requests in again, and holds it back. */
	readonly onRejected: (model: string, status: number) => void;
	readonly onResumed: (model: string, tried: Tried) => void;
	/** Times in milliseconds since 1970. */
	readonly onHeld: (from: number, to: number) => void;
}

/** A request that wants to leave. */
export interface Candidate {
	readonly owner: Execution;
	/** Its place among the requests of its execution. */
	readonly position: number;
	/** When it began to wait for the first time, in milliseconds since 1970. */
	readonly since: number;
	/** Images to ask for; looked at when it leaves, because batches may turn out to be useless. */
	readonly images: () => number;
	/** Whether it is no longer wanted. */
	readonly shouldStop: () => boolean;
	/** Loads what it takes along. Called when it is next to leave. */
	readonly prepare?: () => Promise<void>;
}

/** Leave to send one request. It holds a slot of its execution until it is released. */
export interface Permit {
	readonly kind: 'permit';
	readonly images: number;
	/** The service made images. */
	accepted(): void;
	/**
	 * The service rejected the request for now.
	 *
	 * @returns undefined when it is to be sent again, with another permit
	 */
	rejected(reply: Reply, rejection: Rejection): NoPermit | undefined;
	/** Another answer came, or none: nothing is learned about the limit. */
	forget(): void;
	/** The request, and all that follows from it, is over. */
	release(): void;
}

/** What was tried in vain, or before something was accepted. */
export interface Tried {
	readonly rejections: number;
	readonly milliseconds: number;
}

/** Why there is no permit. */
export type NoPermit =
	/** The request is no longer wanted. */
	| { readonly kind: 'notSent' }
	/** Waiting on is no use. The reply is the last rejection. */
	| { readonly kind: 'gaveUp'; readonly reply: Reply; readonly tried: Tried };
