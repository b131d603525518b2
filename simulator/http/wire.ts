/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import type { ServerResponse } from 'node:http';
import type { Answer } from './answer';
import { wait } from './clock';
import type { Fault } from './faults';

const FILLER_BYTES = 65_536;

/** Trailing spaces keep JSON valid, and image readers ignore them. */
const filler = Buffer.alloc(FILLER_BYTES, ' ');

/** Resolves when the bytes are written or the client has disconnected. */
async function write(response: ServerResponse, bytes: Buffer): Promise<void> {
	await new Promise<void>((resolve) => {
		if (response.destroyed) return resolve();
		response.once('close', resolve);
		response.write(bytes, () => {
			response.off('close', resolve);
			resolve();
		});
	});
}

/** The answer's bytes, then filler up to `length`, in pieces of `pieceBytes`. */
function* pieces(body: Buffer, length: number, pieceBytes: number): Generator<Buffer> {
	for (let sent = 0; sent < length; ) {
		const source = sent < body.length ? body.subarray(sent) : filler;
		const piece = source.subarray(0, Math.min(pieceBytes, length - sent));
		sent += piece.length;
		yield piece;
	}
}

function writeHead(response: ServerResponse, answer: Answer, fault: Fault, length: number): void {
	const headers: Record<string, string | number> = { ...answer.headers };
	if (fault.bytes === undefined && !fault.endless) headers['content-length'] = length;
	if (fault.contentLength !== undefined) {
		headers['content-length'] = fault.contentLength;
		// After a wrong length the connection cannot carry another answer.
		response.shouldKeepAlive = false;
	}
	if (fault.encoding === 'gzip-lie') headers['content-encoding'] = 'gzip';
	for (const [name, value] of Object.entries(fault.headers ?? {})) {
		headers[name.toLowerCase()] = value;
	}
	response.writeHead(answer.status, headers);
}

/**
 * Sends the answer and applies the fault to it. `signal` aborts when the connection is gone; `onCut`
 * is called before the server itself closes it.
 */
export async function deliver(
	response: ServerResponse,
	answer: Answer,
	fault: Fault | undefined,
	signal: AbortSignal,
	onCut: () => void,
): Promise<void> {
	const { body } = answer;
	if (!fault) {
		response.writeHead(answer.status, { ...answer.headers, 'content-length': body.length });
		response.end(body);
		return;
	}
	const cut = () => {
		onCut();
		response.destroy();
	};
	if (fault.delayMs) await wait(fault.delayMs, signal);
	if (signal.aborted || fault.stall === 'before-headers') return;
	if (fault.cut === 'before-headers') return cut();

	const length = fault.endless ? Infinity : Math.max(body.length, fault.bytes ?? 0);
	const partial = fault.stall === 'mid-body' || fault.cut === 'mid-body';
	writeHead(response, answer, fault, length);
	const until = partial ? Math.ceil(body.length / 2) : length;
	for (const piece of pieces(body, until, fault.trickle?.bytes ?? FILLER_BYTES)) {
		await write(response, piece);
		if (signal.aborted) return;
		if (fault.trickle) await wait(fault.trickle.everyMs, signal);
	}
	if (fault.cut === 'mid-body') cut();
	else if (!partial) response.end();
}
