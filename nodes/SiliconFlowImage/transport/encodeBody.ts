import { InlineImage } from '../contract/inlineImage';
import type { RequestBody } from '../contract/request';

/**
 * The body as JSON in UTF-8: the same bytes that JSON.stringify would give. The images are written
 * directly into the result, so that a body of 32 MB takes 32 MB and not three times as much.
 */
export function encodeBody(body: RequestBody): Buffer {
	const parts = Object.entries(body)
		.filter(([, value]) => value !== undefined)
		.flatMap(([name, value], i) => [
			`${i === 0 ? '{' : ','}${JSON.stringify(name)}:`,
			...(value instanceof InlineImage ? ['"', value, '"'] : [JSON.stringify(value)]),
		]);
	if (parts.length === 0) parts.push('{');
	parts.push('}');
	const sizes = parts.map((part) =>
		typeof part === 'string' ? Buffer.byteLength(part) : part.length,
	);
	const target = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + size, 0));
	let offset = 0;
	for (const part of parts) {
		offset =
			typeof part === 'string' ? offset + target.write(part, offset) : part.writeTo(target, offset);
	}
	return target;
}
