const SECONDS = /^\d+(?:\.\d+)?$/;

/** The three forms of an HTTP date (RFC 9110, 5.6.7), and the offsets that some servers write for GMT. */
const HTTP_DATE = /^[A-Z][a-z]+,? [\w -]+ \d\d:\d\d:\d\d (?:GMT|UTC|[+-]?\d{4})$/;

/**
 * How long the service asks to wait, in milliseconds from `now`.
 *
 * @param header the `retry-after` header as it came: seconds or an HTTP date (RFC 9110, 10.2.3)
 * @param now milliseconds since 1970 at which it came
 * @returns undefined when there is none, when it cannot be read, and when it asks for no wait at all
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
	const text = header?.trim() ?? '';
	const wanted = SECONDS.test(text) ? Number(text) * 1000 : dateOf(text) - now;
	return wanted > 0 ? wanted : undefined;
}

function dateOf(text: string): number {
	if (!HTTP_DATE.test(text)) return NaN;
	// asctime has its year last and no zone, and Date.parse would take the zone of this machine.
	return Date.parse(/ \d{4}$/.test(text) ? `${text} GMT` : text);
}

/** Whether the words of a 429 say that a limit per day is reached, which no back-off outlasts. */
export function isDailyLimit(message: string): boolean {
	return /\b(?:[IRT]PD|per day|daily)\b/i.test(message);
}
