/**
 * How long the service asks to wait, in milliseconds from `now`.
 *
 * @param header the `retry-after` header as it came: seconds or an HTTP date (RFC 9110, 10.2.3)
 * @param now milliseconds since 1970 at which it came
 * @returns undefined when there is none, when it cannot be read, and when it asks for no wait at all
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
	if (header === undefined) return undefined;
	const text = header.trim();
	const isDate = /^[A-Z][a-z]+,? /.test(text);
	const wanted = isDate ? Date.parse(text) - now : Number(text) * 1000;
	return wanted > 0 ? wanted : undefined;
}
