/**
 * How a call ended, as a value. The network throws in many shapes, but only three things matter:
 * whether the service answered, whether it can have served the request, and who stopped it.
 */
export type NoAnswer =
	/** No connection was made, so the request was certainly not served. */
	| { readonly kind: 'unreachable'; readonly code: string }
	/** The connection broke after it was made; the request may have been served. */
	| { readonly kind: 'cut'; readonly code: string }
	/** The timeout was reached; the request may have been served. */
	| { readonly kind: 'timeout' }
	/** The body was larger than allowed. */
	| { readonly kind: 'tooLarge'; readonly maxBytes: number }
	/** The execution was cancelled. */
	| { readonly kind: 'cancelled' };

/** Codes of Node's network layer for a connection that was never made. */
const NEVER_CONNECTED = [
	'ECONNREFUSED',
	'ENOTFOUND',
	'EAI_AGAIN',
	'EHOSTUNREACH',
	'ENETUNREACH',
	'EADDRNOTAVAIL',
	'EPROTO',
	'ERR_INVALID_URL',
];

/**
 * Codes of a TLS handshake that failed: an untrusted certificate, or no TLS at all. Those of
 * certificates are listed in Node's documentation of `tls`; UNSPECIFIED stands for every other one.
 */
const HANDSHAKE =
	/CERT|CRL_|^ERR_(SSL|TLS)_|^UNABLE_TO_|^(INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH|UNSPECIFIED)$/;

/**
 * What a thrown network error means. Reads only codes and names, because its cause may hold the
 * request.
 */
export function fromThrown(thrown: unknown): NoAnswer {
	const { name, code, httpCode, cause } = (thrown ?? {}) as Record<string, unknown>;
	const names = [name, (cause as { name?: unknown } | undefined)?.name];
	if (names.some((text) => /^ssrf/i.test(String(text)))) {
		return { kind: 'unreachable', code: "blocked by n8n's SSRF protection" };
	}
	// n8n wraps the error of an authenticated call; the code is then in httpCode.
	const found = [httpCode, code].find((value) => typeof value === 'string' && value !== '');
	const known = typeof found === 'string' ? found : 'unknown';
	return NEVER_CONNECTED.includes(known) || HANDSHAKE.test(known)
		? { kind: 'unreachable', code: known }
		: { kind: 'cut', code: known };
}
