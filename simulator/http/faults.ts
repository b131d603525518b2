import type { Failure } from './answer';
import type { LoggedRequest } from './requestLog';

/** The success reply of a generation, open to any change. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Reply = any;

/** Something that goes wrong with the next answer of its kind. Fields may be combined. */
export interface Fault {
	/** The kind of request it applies to; default generation. */
	on?: 'generation' | 'image' | 'models';
	/** How many requests it applies to; default 1, Infinity for all. */
	times?: number;
	/** Applies only to requests for which this returns true. */
	when?: (request: LoggedRequest) => boolean;
	/** With `status` or `body`, this is the whole answer and no image is made. */
	status?: number;
	/** Override the answer's headers. */
	headers?: Record<string, string>;
	/** Sent as JSON unless it is a string or a Buffer. */
	body?: unknown;
	contentType?: string;
	/** Time before the answer begins. */
	delayMs?: number;
	/** Sends nothing more and keeps the connection open until the client disconnects. */
	stall?: 'before-headers' | 'mid-body';
	/** Closes the connection. */
	cut?: 'before-headers' | 'mid-body';
	/** Sends the body in small pieces. */
	trickle?: { bytes: number; everyMs: number };
	/** Never ends the body: the real bytes are followed by endless filler. */
	endless?: boolean;
	/** The announced length, whatever the real one is; the connection closes after the body. */
	contentLength?: number;
	/** Announces the body as gzip although it is not. */
	encoding?: 'gzip-lie';
	/** Changes the success reply of a generation before it is sent. */
	transformReply?: (reply: Reply, request: LoggedRequest) => unknown;
	/** Pads the body to this many bytes, without a Content-Length. */
	bytes?: number;
}

export interface FaultQueue {
	add(fault: Fault): void;
	/** The first fault that applies to this request; counts as one use. */
	take(request: LoggedRequest): Fault | undefined;
	clear(): void;
}

export function createFaultQueue(): FaultQueue {
	let waiting: Array<{ fault: Fault; left: number }> = [];
	return {
		add(fault) {
			waiting.push({ fault, left: fault.times ?? 1 });
		},
		take(request) {
			const next = waiting.find(
				({ fault }) =>
					(fault.on ?? 'generation') === request.kind && (fault.when?.(request) ?? true),
			);
			if (!next) return undefined;
			next.left -= 1;
			if (next.left <= 0) waiting = waiting.filter((entry) => entry !== next);
			return next.fault;
		},
		clear() {
			waiting = [];
		},
	};
}

/**
 * What the fault answers instead of the service, which then does no work for the request; undefined
 * when the service answers.
 */
export function replacementOf(fault: Fault): Failure | undefined {
	const { stall, cut, status, body, contentType } = fault;
	const neverAnswers = stall === 'before-headers' || cut === 'before-headers';
	if (!neverAnswers && status === undefined && body === undefined) return undefined;
	return { status: status ?? 200, body: body === undefined ? '' : body, contentType };
}
