import type { IN8nHttpFullResponse } from 'n8n-workflow';
import { fromThrown, type NoAnswer } from './outcome';

/**
 * One signal for the two things that can end a call from outside, a cancel of the execution and the
 * timeout, and for closing its connection. `AbortSignal.any` is not used, because on Node 20 a source
 * may be garbage-collected.
 */
export class Deadline {
	private readonly controller = new AbortController();

	private readonly timer: AbortSignal;

	/** Ends the call and closes its connection. */
	readonly close = () => this.controller.abort();

	/**
	 * @param timeoutMs how long the whole call may take, in milliseconds
	 * @param cancel the execution's cancel signal, if there is one
	 */
	constructor(
		timeoutMs: number,
		private readonly cancel?: AbortSignal,
	) {
		this.timer = AbortSignal.timeout(timeoutMs);
		this.timer.addEventListener('abort', this.close);
		cancel?.addEventListener('abort', this.close);
		if (cancel?.aborted) this.close();
	}

	/** Aborts when the time is up or the execution is cancelled. */
	get signal(): AbortSignal {
		return this.controller.signal;
	}

	/** Why the call ended, once the signal has aborted. A cancel takes precedence over a timeout. */
	get reason(): 'cancelled' | 'timeout' | undefined {
		if (this.cancel?.aborted) return 'cancelled';
		return this.timer.aborted ? 'timeout' : undefined;
	}

	/** Call this when the call is over, so that a long run does not collect listeners. */
	release(): void {
		this.timer.removeEventListener('abort', this.close);
		this.cancel?.removeEventListener('abort', this.close);
	}
}

/** A response body as n8n's HTTP helper hands it over with `encoding: 'stream'`. */
export type BodyStream = AsyncIterable<Buffer> & { destroy(): void };

/**
 * How every call is made: any response comes back as a stream, with its status and headers. Redirects
 * are left to the caller, who knows whether they may be followed.
 */
export const AS_STREAM = {
	disableFollowRedirect: true,
	ignoreHttpStatusErrors: true,
	returnFullResponse: true,
	encoding: 'stream',
} as const;

export interface BodyLimits {
	readonly maxMegabytes: number;
	/** The body is JSON, so its values are limited as well as its bytes. */
	readonly isJson?: true;
}

/**
 * Most values in a JSON body. Parsing blocks n8n's event loop, and its time goes by the values and
 * not by the bytes: 8 MB of `[[[...` or `{"a":0},{"b":0},...` take over a second, 16 MB of one text
 * 30 ms.
 */
const MAX_JSON_VALUES = 50_000;

/**
 * 1 for each byte that begins a value or costs as much: brackets, commas and colons, also those in a
 * text, and every byte outside ASCII, because decoding is slow there. The base64 of an image has none.
 */
const COSTS = Uint8Array.from({ length: 256 }, (_, byte) =>
	byte >= 0x80 || '[{,:'.includes(String.fromCharCode(byte)) ? 1 : 0,
);

const MEGABYTE = 1024 * 1024;

/** A response body that was not read yet. */
export interface Body {
	readonly stream: BodyStream;
	/** Its Content-Length in bytes, if it has one; a wrong one does no harm. */
	readonly announced?: number;
}

export function bodyOf({ body, headers }: IN8nHttpFullResponse): Body {
	const length = headers['content-length'];
	const announced = typeof length === 'string' && /^\d+$/.test(length) ? Number(length) : undefined;
	return { stream: body as unknown as BodyStream, announced };
}

/**
 * Reads a body to its end, but never past its limits or the deadline, because n8n's HTTP helper keeps
 * neither.
 *
 * For a body that is shorter than its Content-Length, or not in the encoding it claims, Node throws
 * while reading; the outcome is then `cut`.
 *
 * @param isEnough whether what came so far is all that is needed; then no more is read
 */
export async function readBody(
	{ stream, announced }: Body,
	{ maxMegabytes, isJson }: BodyLimits,
	deadline: Deadline,
	isEnough: (sofar: Buffer) => boolean = () => false,
): Promise<Buffer | NoAnswer> {
	const maxBytes = maxMegabytes * MEGABYTE;
	const tooLarge = { kind: 'tooLarge', limit: `${maxMegabytes} MB` } as const;
	if (announced !== undefined && announced > maxBytes) {
		closeBody(stream, deadline);
		return { ...tooLarge, announced };
	}
	let values = 0;
	const body = new GrowingBuffer(announced);
	const end = await collect({ stream, into: body }, deadline, (chunk) => {
		if (body.bytes.length > maxBytes) return tooLarge;
		if (isJson) values += costOf(chunk);
		if (values > MAX_JSON_VALUES) return { kind: 'tooLarge', limit: `${MAX_JSON_VALUES} values` };
		return isEnough(body.bytes) ? 'enough' : undefined;
	});
	return end === undefined || end === 'enough' ? body.bytes : end;
}

/**
 * Reads the beginning of a body, for words about a refusal. Its status says what happened, so it does
 * not matter whether the rest comes.
 *
 * @returns what came, at most `maxBytes`; or that the execution was cancelled
 */
export async function readBeginning(
	{ stream }: Body,
	maxBytes: number,
	deadline: Deadline,
): Promise<Buffer | NoAnswer> {
	const body = new GrowingBuffer();
	await collect({ stream, into: body }, deadline, () =>
		body.bytes.length >= maxBytes ? 'enough' : undefined,
	);
	if (deadline.reason === 'cancelled') return { kind: 'cancelled' };
	return body.bytes.subarray(0, maxBytes);
}

/**
 * Closes the connection of a body that is not read to its end. Destroying the stream is not enough: the
 * one that n8n's HTTP helper gives passes it on only once more of the body comes (axios wraps the
 * response in a generator).
 */
export function closeBody(stream: BodyStream, deadline: Deadline): void {
	deadline.close();
	stream.destroy();
}

type End = NoAnswer | 'enough';

/**
 * Collects what comes until the body ends, the deadline, a fault, or until `endOf` gives an end for a
 * chunk that was just added.
 *
 * @returns undefined when the body has come to its end
 */
async function collect(
	{ stream, into }: { readonly stream: BodyStream; readonly into: GrowingBuffer },
	deadline: Deadline,
	endOf: (chunk: Buffer) => End | undefined,
): Promise<End | undefined> {
	try {
		for await (const chunk of stream) {
			into.add(chunk);
			const end = endOf(chunk) ?? lateness(deadline);
			if (end === undefined) continue;
			closeBody(stream, deadline);
			return end;
		}
	} catch (thrown) {
		return lateness(deadline) ?? fromThrown(thrown);
	}
	return lateness(deadline);
}

function lateness({ reason }: Deadline): NoAnswer | undefined {
	return reason && { kind: reason };
}

function costOf(chunk: Buffer): number {
	let cost = 0;
	for (let i = 0; i < chunk.length; i++) cost += COSTS[chunk[i]];
	return cost;
}

const FIRST_BYTES = 64 * 1024;

/**
 * Bytes that come in pieces, in one buffer, so that a large body is never held twice. If their number
 * is known, the buffer is allocated once; otherwise it doubles when it is full.
 */
class GrowingBuffer {
	private buffer: Buffer;

	private used = 0;

	/** @param expected how many bytes will probably come */
	constructor(expected = FIRST_BYTES) {
		this.buffer = Buffer.allocUnsafe(expected);
	}

	add(piece: Buffer): void {
		const needed = this.used + piece.length;
		if (needed > this.buffer.length) {
			const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.buffer.length));
			this.buffer.copy(larger, 0, 0, this.used);
			this.buffer = larger;
		}
		piece.copy(this.buffer, this.used);
		this.used = needed;
	}

	/** What came so far; not a copy. */
	get bytes(): Buffer {
		return this.buffer.subarray(0, this.used);
	}
}
