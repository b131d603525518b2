import type { IBinaryData } from 'n8n-workflow';

/**
 * Whether a value is a file as n8n's items hold it, such as an expression gives it. The same rule as
 * n8n's own helpers have, and that its values are texts.
 */
export function isFile(value: unknown): value is IBinaryData {
	const { mimeType, id, data } = (value ?? {}) as Partial<IBinaryData>;
	return typeof mimeType === 'string' && (typeof id === 'string' || typeof data === 'string');
}
