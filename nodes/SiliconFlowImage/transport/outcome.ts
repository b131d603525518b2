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
	/**
	 * The body was larger than allowed; the limit is in words, such as "16 MB". `announced` is its size
	 * in bytes where a header says it.
	 */
	| { readonly kind: 'tooLarge'; readonly limit: string; readonly announced?: number }
	/** The execution was cancelled. */
	| { readonly kind: 'cancelled' };

/**
 * Codes of Node, axios and undici for a connection that was never made. ETIMEDOUT is none of them,
 * because it also stands for an answer that did not come.
 */
const NEVER_CONNECTED = [
	'ECONNREFUSED',
	'ENOTFOUND',
	'EHOSTUNREACH',
	'EHOSTDOWN',
	'ENETUNREACH',
	'ENETDOWN',
	'EADDRNOTAVAIL',
	'ERR_INVALID_URL',
	'ERR_SOCKET_CONNECTION_TIMEOUT',
	'UND_ERR_CONNECT_TIMEOUT',
];

/** Node's calls that come before anything can be sent: looking up the address, and connecting. */
const BEFORE_SENDING = /^(getaddrinfo|query[A-Z]\w*|connect)$/;

/** Node's words for a connection that ended during the TLS handshake; its code is ECONNRESET. */
const DURING_HANDSHAKE = /before secure TLS connection was established/;

/**
 * Codes of a TLS handshake that failed: an untrusted certificate, or no TLS at all. Those of
 * certificates are listed in Node's documentation of `tls`; UNSPECIFIED stands for every other one.
 */
const HANDSHAKE =
	/^EPROTO$|CERT|CRL_|^ERR_(SSL|TLS)_|^UNABLE_TO_|^(INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH|UNSPECIFIED)$/;

/** n8n wraps the error of axios, which wraps that of Node. */
const MAX_CAUSES = 4;

/** What is read of a thrown error. Its other properties may hold the request, and so the key. */
interface Thrown {
	readonly name?: unknown;
	readonly message?: unknown;
	readonly code?: unknown;
	/** n8n wraps the error of an authenticated call; the code is then here. */
	readonly httpCode?: unknown;
	/** Node's call that failed. */
	readonly syscall?: unknown;
	/** One for each address of the host, where Node tried several. */
	readonly errors?: unknown;
	readonly cause?: unknown;
}

/** What a thrown network error means: whether the request can have been served. */
export function fromThrown(thrown: unknown): NoAnswer {
	const errors = withCauses(thrown);
	if (errors.some(({ name }) => /^ssrf/i.test(String(name)))) {
		return { kind: 'unreachable', code: "blocked by n8n's SSRF protection" };
	}
	const [{ httpCode, code }] = errors;
	const found = [httpCode, code].find((value) => typeof value === 'string' && value !== '');
	const known = typeof found === 'string' ? found : 'unknown';
	return { kind: wasNeverSent(known, errors) ? 'unreachable' : 'cut', code: known };
}

function wasNeverSent(code: string, errors: readonly Thrown[]): boolean {
	if (HANDSHAKE.test(code)) return true;
	if (errors.some(({ message }) => DURING_HANDSHAKE.test(String(message)))) return true;
	// The call says more than the code: EHOSTUNREACH may also end a connection that was made.
	const calls = errors.flatMap(callsOf);
	if (calls.length > 0) return calls.every((name) => BEFORE_SENDING.test(name));
	return NEVER_CONNECTED.includes(code) || code.startsWith('EAI_');
}

function callsOf({ syscall, errors }: Thrown): string[] {
	const all = [
		syscall,
		...(Array.isArray(errors) ? errors.map((one) => asThrown(one).syscall) : []),
	];
	return all.filter((name): name is string => typeof name === 'string');
}

/** An error and what caused it, at least one. */
function withCauses(thrown: unknown): Thrown[] {
	const errors = [asThrown(thrown)];
	for (let { cause } = errors[0]; cause && errors.length < MAX_CAUSES; ) {
		errors.push(asThrown(cause));
		({ cause } = asThrown(cause));
	}
	return errors;
}

function asThrown(value: unknown): Thrown {
	return typeof value === 'object' && value !== null ? value : {};
}
