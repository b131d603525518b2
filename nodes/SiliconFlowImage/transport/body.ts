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

/**
 * Reads a body to its end, but never more than `maxBytes` and never past the deadline, because n8n's
 * HTTP helper limits neither.
 *
 * For a body that is shorter than its Content-Length, or not in the encoding it claims, Node throws
 * while reading; the outcome is then `cut`.
 */
export async function readBody(
	stream: BodyStream,
	maxBytes: number,
	deadline: Deadline,
): Promise<Buffer | NoAnswer> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	try {
		for await (const chunk of stream) {
			bytes += chunk.length;
			if (bytes > maxBytes) {
				stream.destroy();
				return { kind: 'tooLarge', maxBytes };
			}
			chunks.push(chunk);
		}
	} catch (thrown) {
		return deadline.reason ? { kind: deadline.reason } : fromThrown(thrown);
	}
	if (deadline.reason) return { kind: deadline.reason };
	return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, bytes);
}
