/**
 * Looking into what comes from outside and may be anything: JSON, items, and texts that may lead to an
 * image as an address or as a data URL, which is the image itself.
 */

/** Whether a value is text with something in it. */
export function isText(value: unknown): value is string {
	return typeof value === 'string' && value !== '';
}

export function asRecord(value: unknown): Record<string, unknown> {
	return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

export function asFinite(value: unknown): number | undefined {
	return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A data URL begins with its type, which may have a name in it, and has megabytes behind it. */
const MAX_TYPE_CHARACTERS = 64 * 1024;

/** Whether a text is an absolute http(s) address. */
export function isHttpUrl(text: string): boolean {
	return /^https?:\/\/[^/]/i.test(text.slice(0, 10));
}

/** Whether a text is a data URL. */
export function isDataUrl(text: string): boolean {
	return parseDataUrl(text) !== undefined;
}

/**
 * The parts of a data URL.
 *
 * @returns undefined for any other text
 */
export function parseDataUrl(text: string): { type: string; data: string } | undefined {
	const [head, type] = /^\s*data:([^,]*),/i.exec(text.slice(0, MAX_TYPE_CHARACTERS)) ?? [];
	return head === undefined ? undefined : { type, data: text.slice(head.length) };
}
