// Numbers and times: as messages and the output say them, as headers have them, and in which range
// they may be.

/** A number with its noun: "1 image", "2 images". */
export function formatCount(count: number, noun: string): string {
	return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A duration in words: "850 ms", "12 s", "3 min 12 s", "2 h 5 min". */
export function formatDuration(milliseconds: number): string {
	if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
	const seconds = Math.round(milliseconds / 1000);
	const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
	const parts =
		hours > 0 ? [`${hours} h`, `${minutes} min`] : [`${minutes} min`, `${seconds % 60} s`];
	return parts.filter((part) => !part.startsWith('0 ')).join(' ');
}

/** A range of whole numbers, both ends included. */
interface WholeNumbers {
	/** What a number must be, as the end of a sentence that begins with the label of the field. */
	readonly rule: string;
	readonly includes: (value: unknown) => value is number;
}

/** The one rule for whole numbers, whether they go into the body or steer the run. */
export function wholeNumbers(min: number, max: number): WholeNumbers {
	return {
		rule: `must be a whole number from ${min} to ${max}`,
		includes: (value): value is number =>
			typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max,
	};
}

/** A time as n8n shows times: ISO 8601 in UTC. */
export function isoTime(milliseconds: number): string {
	return new Date(milliseconds).toISOString();
}

/** The three forms of an HTTP date (RFC 9110, 5.6.7), and the offsets that some servers write for GMT. */
const HTTP_DATE = /^[A-Z][a-z]+,? [\w -]+ \d\d:\d\d:\d\d (?:GMT|UTC|[+-]?\d{4})$/;

/** An HTTP date in milliseconds since 1970; NaN for anything else. */
export function httpDateOf(text: string): number {
	if (!HTTP_DATE.test(text)) return NaN;
	// asctime has its year last and no zone, and Date.parse would take the zone of this machine.
	return Date.parse(/ \d{4}$/.test(text) ? `${text} GMT` : text);
}
