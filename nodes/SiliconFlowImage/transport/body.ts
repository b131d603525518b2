import type { Deadline } from './deadline';
import { fromThrown, type NoAnswer } from './outcome';

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

/**
 * Reads a body to its end, but never past its limits or the deadline, because n8n's HTTP helper keeps
 * neither.
 *
 * For a body that is shorter than its Content-Length, or not in the encoding it claims, Node throws
 * while reading; the outcome is then `cut`.
 */
export async function readBody(
	stream: BodyStream,
	{ maxMegabytes, isJson }: BodyLimits,
	deadline: Deadline,
): Promise<Buffer | NoAnswer> {
	let values = 0;
	const { chunks, end } = await collect(stream, deadline, (chunk, bytes) => {
		if (bytes > maxMegabytes * MEGABYTE) return { kind: 'tooLarge', limit: `${maxMegabytes} MB` };
		if (isJson) values += costOf(chunk);
		if (values <= MAX_JSON_VALUES) return undefined;
		return { kind: 'tooLarge', limit: `${MAX_JSON_VALUES} values` };
	});
	if (end !== undefined && end !== 'enough') return end;
	return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
}

/**
 * Reads the beginning of a body, for words about a refusal. Its status says what happened, so it does
 * not matter whether the rest comes.
 *
 * @returns what came, at most `maxBytes`; or that the execution was cancelled
 */
export async function readBeginning(
	stream: BodyStream,
	maxBytes: number,
	deadline: Deadline,
): Promise<Buffer | NoAnswer> {
	const { chunks } = await collect(stream, deadline, (_chunk, bytes) =>
		bytes >= maxBytes ? 'enough' : undefined,
	);
	if (deadline.reason === 'cancelled') return { kind: 'cancelled' };
	return Buffer.concat(chunks).subarray(0, maxBytes);
}

type End = NoAnswer | 'enough';

/**
 * Collects what comes until the body ends, the deadline, a fault, or until `endOf` gives an end for a
 * chunk and the number of bytes with it.
 */
async function collect(
	stream: BodyStream,
	deadline: Deadline,
	endOf: (chunk: Buffer, bytes: number) => End | undefined,
): Promise<{ chunks: Buffer[]; end?: End }> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	try {
		for await (const chunk of stream) {
			chunks.push(chunk);
			bytes += chunk.length;
			const end = endOf(chunk, bytes) ?? lateness(deadline);
			if (end === undefined) continue;
			stream.destroy();
			return { chunks, end };
		}
	} catch (thrown) {
		return { chunks, end: lateness(deadline) ?? fromThrown(thrown) };
	}
	return { chunks, end: lateness(deadline) };
}

function lateness({ reason }: Deadline): NoAnswer | undefined {
	return reason && { kind: reason };
}

function costOf(chunk: Buffer): number {
	let cost = 0;
	for (let i = 0; i < chunk.length; i++) cost += COSTS[chunk[i]];
	return cost;
}
