import { IMAGE_TYPE_BYTES, imageTypeOf } from './imageFormat';
import { asRecord, isText } from './unknownJson';

/** Signed links have a few hundred characters; browsers and servers take about this many. */
const MAX_LINK_CHARACTERS = 8192;

/** An image as a reply gives it: where it can be fetched, or the image itself. */
export type SentImage =
	/** An http(s) link of at most `MAX_LINK_CHARACTERS` characters. */
	| { readonly url: string }
	/** The bytes in base64, of either alphabet, perhaps with line breaks. */
	| { readonly base64: string };

/**
 * Reads an entry in any shape: SiliconFlow's `{url}`, OpenAI's `{b64_json}`, or a plain text, as some
 * gateways send it. A URL may be a data URL. A link is preferred, because it works without storage.
 */
export function sentImageOf(entry: unknown): SentImage | undefined {
	if (typeof entry === 'string') return linkIn(entry) ?? dataIn(entry) ?? bareBase64In(entry);
	const { url, b64_json: base64 } = asRecord(entry);
	return linkIn(url) ?? dataIn(base64) ?? (isText(base64) ? { base64 } : undefined) ?? dataIn(url);
}

function linkIn(value: unknown): SentImage | undefined {
	if (!isText(value) || value.length > MAX_LINK_CHARACTERS) return undefined;
	return /^https?:\/\/[^/]/i.test(value) ? { url: value } : undefined;
}

/** The base64 in a data URL. Looks at the beginning only, because the text may have megabytes. */
function dataIn(value: unknown): SentImage | undefined {
	if (!isText(value)) return undefined;
	const head = /^\s*data:[^,]*;base64,/i.exec(value.slice(0, 200))?.[0];
	return head === undefined ? undefined : { base64: value.slice(head.length) };
}

/** Text that says nothing about itself is an image only if its bytes begin like one. */
function bareBase64In(text: string): SentImage | undefined {
	const head = Buffer.from(text.slice(0, IMAGE_TYPE_BYTES * 2), 'base64');
	return imageTypeOf(head) ? { base64: text } : undefined;
}
