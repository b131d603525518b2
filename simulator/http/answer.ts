import { randomBytes } from 'node:crypto';

/** A complete answer, before a fault is applied to it. */
export interface Answer {
	status: number;
	headers: Record<string, string>;
	body: Buffer;
}

/** A refusal. Strings and Buffers are sent as they are, anything else as JSON. */
export interface Failure {
	status: number;
	body: unknown;
	/** Default: the type that fits the body. */
	contentType?: string;
	headers?: Record<string, string>;
}

const JSON_TYPE = 'application/json; charset=utf-8';

export function jsonAnswer(body: unknown, status = 200): Answer {
	return {
		status,
		headers: { 'content-type': JSON_TYPE },
		body: Buffer.from(JSON.stringify(body)),
	};
}

export function failureAnswer(failure: Failure): Answer {
	const { status, body, contentType, headers } = failure;
	const [type, bytes] = encode(body);
	return { status, headers: { 'content-type': contentType ?? type, ...headers }, body: bytes };
}

function encode(body: unknown): [type: string, bytes: Buffer] {
	if (Buffer.isBuffer(body)) return ['application/octet-stream', body];
	if (typeof body === 'string') return ['text/plain; charset=utf-8', Buffer.from(body)];
	return [JSON_TYPE, Buffer.from(JSON.stringify(body))];
}

/** The id that the service's support uses to find a request. */
export function newTraceId(): string {
	return `ti_${randomBytes(12).toString('base64url').replace(/[-_]/g, '0').toLowerCase()}`;
}
