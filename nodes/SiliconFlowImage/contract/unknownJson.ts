/** Looking into JSON that may be anything. */

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
