/**
 * The `retry-after` header in milliseconds from now: seconds or an HTTP date (RFC 9110, 10.2.3).
 * Undefined when there is none, when it cannot be read, and when it asks for no wait at all.
 */
export function retryAfterMs(header: string | undefined): number | undefined {
	if (header === undefined) return undefined;
	const text = header.trim();
	const isDate = /^[A-Z][a-z]+,? /.test(text);
	const wanted = isDate ? Date.parse(text) - Date.now() : Number(text) * 1000;
	return wanted > 0 ? wanted : undefined;
}
