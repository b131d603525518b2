import type { Redact } from './apiKey';

/**
 * The gate for words that come from elsewhere: from the service and other hosts, from names and types
 * of files, from values of items. n8n renders messages, descriptions and hints as sanitized HTML, in
 * which a link works, and terminals obey control characters. Everything that a person may read passes
 * this gate where it leaves the node. What is quoted inside a sentence passes it before it is cut,
 * because a key that was cut is no longer found.
 */

/** A text as people may read it, on one line and with at most so many UTF-16 characters. */
export type CleanText = (text: string, maxCharacters: number) => string;

/** Markup, and what nobody sees: control and format characters, and halves of surrogate pairs. */
const HARMFUL = /[<>]|(?![\t-\r])[\p{Cc}\p{Cf}\p{Cs}]/gu;

/**
 * The gate for one API key. The key goes first, and once more at the end, because it may have been
 * hidden by characters inside it. Costs linear time.
 */
export function textGate(redact: Redact): CleanText {
	return (text, maxCharacters) => {
		const visible = redact(text).replace(HARMFUL, '').replace(/\s+/g, ' ').trim();
		return cutText(redact(visible), maxCharacters);
	};
}

/** The gate for texts that cannot hold an API key, because none was read yet. */
export const cleanWithoutKey = textGate((text) => text);

/**
 * A link as people may read and copy it. It is not cut, because half a link is of no use; its length
 * is limited where it is read. What no address contains is written as HTTP clients send it, so the
 * link still works.
 */
export function cleanLink(url: string, redact: Redact): string {
	const whole = redact(url).replace(/\p{Cs}/gu, '');
	return redact(whole.replace(/[<>\p{Cc}\p{Cf}]/gu, encodeURIComponent));
}

/** The beginning of a text, without half a surrogate pair at its end. */
function cutText(text: string, maxCharacters: number): string {
	if (text.length <= maxCharacters) return text;
	return text.slice(0, maxCharacters).replace(/[\ud800-\udbff]$/, '');
}
