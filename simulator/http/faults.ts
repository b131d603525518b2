import type { Failure } from './answer';
import type { LoggedRequest } from './requestLog';

/** The success reply of a generation, open to any change. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Reply = any;

/** Something that goes wrong with the next answer of its kind. Fields may be combined. */
export interface Fault {
	/** Which requests it strikes; default generation. */
	on?: 'generation' | 'image' | 'models';
	/** How many requests it strikes before it is used up; default 1, Infinity for all. */
	times?: number;
	/** Strikes only requests this accepts; the others pass it by. */
	when?: (request: LoggedRequest) => boolean;
	/** With `status` or `body` the request is answered with these and does nothing else. */
	status?: number;
	/** Laid over the answer's headers. */
	headers?: Record<string, string>;
	/** Sent as JSON unless it is a string or a Buffer. */
	body?: unknown;
	contentType?: string;
	/** Time before the answer begins. */
	delayMs?: number;
	/** Silence, with the connection open until the client leaves. */
	stall?: 'before-headers' | 'mid-body';
	/** The connection ends. */
	cut?: 'before-headers' | 'mid-body';
	/** The body comes in small pieces. */
	trickle?: { bytes: number; everyMs: number };
	/** The body never ends: after the true bytes come filler bytes, for ever. */
	endless?: boolean;
	/** Announced whatever the true length is; the connection closes after the body. */
	contentLength?: number;
	/** The body is announced as gzip and is not. */
	encoding?: 'gzip-lie';
	/** Changes the success reply of a generation before it is sent. */
	transformReply?: (reply: Reply, request: LoggedRequest) => unknown;
	/** The body is filled up to this many bytes, with no Content-Length. */
	bytes?: number;
}

export interface FaultQueue {
	add(fault: Fault): void;
	/** The first fault that strikes this request, used up by one. */
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
