import { randomBytes } from 'node:crypto';

/** What goes back over the wire: a whole answer, before any fault is laid on it. */
export interface Answer {
	status: number;
	headers: Record<string, string>;
	body: Buffer;
}

/** A refusal. A string body is text as it stands; anything else is sent as JSON. */
export interface Failure {
	status: number;
	body: unknown;
	/** Default: JSON for JSON bodies, plain text for strings. */
	contentType?: string;
	headers?: Record<string, string>;
}

export const JSON_TYPE = 'application/json; charset=utf-8';

export function jsonAnswer(body: unknown, status = 200): Answer {
	return {
		status,
		headers: { 'content-type': JSON_TYPE },
		body: Buffer.from(JSON.stringify(body)),
	};
}

export function failureAnswer(failure: Failure): Answer {
	const { status, body, contentType, headers } = failure;
	const asItIs = typeof body === 'string' || Buffer.isBuffer(body);
	return {
		status,
		headers: {
			'content-type': contentType ?? (asItIs ? 'text/plain; charset=utf-8' : JSON_TYPE),
			...headers,
		},
		body: asItIs ? Buffer.from(body as string) : Buffer.from(JSON.stringify(body) ?? ''),
	};
}

/** The id by which the service's support finds a request. */
export function newTraceId(): string {
	return `ti_${randomBytes(12).toString('base64url').replace(/[-_]/g, '0').toLowerCase()}`;
}
