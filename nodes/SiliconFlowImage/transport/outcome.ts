/**
 * How a call ended, as a value: the network throws in many shapes, but what matters to the node is
 * only whether the service answered, whether it can have served the request, and who stopped it.
 */
export type NoAnswer =
	/** No connection was made, so the request was surely not served. */
	| { readonly kind: 'unreachable'; readonly code: string }
	/** The connection broke after it was made; the request may have been served. */
	| { readonly kind: 'cut'; readonly code: string }
	/** The time-out ran out; the request may have been served. */
	| { readonly kind: 'timeout' }
	/** The body grew past the cap. */
	| { readonly kind: 'tooLarge'; readonly maxBytes: number }
	/** The execution was cancelled. */
	| { readonly kind: 'cancelled' }
	/** The request could not be made, for an input image is gone; nothing was sent. */
	| { readonly kind: 'unready'; readonly message: string; readonly description: string };

/** Codes of Node's network layer for a connection that never came to be. */
const NEVER_CONNECTED = [
	'ECONNREFUSED',
	'ENOTFOUND',
	'EAI_AGAIN',
	'EHOSTUNREACH',
	'ENETUNREACH',
	'ERR_INVALID_URL',
	'ERR_BAD_REQUEST_URL',
];

/** What a thrown network fault means. Reads the code only: its cause may hold the request. */
export function fromThrown(thrown: unknown): NoAnswer {
	const code = networkCode(thrown);
	return NEVER_CONNECTED.includes(code) || code.startsWith('CERT_') || code.includes('_CERT')
		? { kind: 'unreachable', code }
		: { kind: 'cut', code };
}

function networkCode(thrown: unknown): string {
	// n8n wraps the fault of an authenticated call: the code is then in httpCode.
	const { code, httpCode } = (thrown ?? {}) as { code?: unknown; httpCode?: unknown };
	const found = [httpCode, code].find((value) => typeof value === 'string' && value !== '');
	return typeof found === 'string' ? found : 'unknown';
}
