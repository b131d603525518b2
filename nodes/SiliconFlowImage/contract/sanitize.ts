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

/** The API key: as it is sent, and how it is kept out of what people read. */

/** Takes the API key out of a text, in case a service or gateway repeats it. */
export type Redact = (text: string) => string;

/**
 * A key as the credential sends it (`authenticate` there does the same): without blanks around it,
 * without characters that nobody sees, and without the word Bearer.
 */
export function keyAsSent(typed: string): string {
	return typed
		.replace(/[^ -~]/g, '')
		.trim()
		.replace(/^Bearer +/i, '');
}

/**
 * Takes a key out of texts, as it is and as it stands in JSON or in a URL.
 *
 * @param key as it is sent; one of fewer than 4 characters stays, because it may be part of any word
 */
export function redactionOf(key: string): Redact {
	if (key.length < 4) return (text) => text;
	const inJson = JSON.stringify(key).slice(1, -1);
	const inUrl = new URLSearchParams({ '': key }).toString().slice(1);
	// PHP escapes the slash in JSON too.
	const forms = [...new Set([key, inJson, inJson.replace(/\//g, '\\/'), inUrl])];
	return (text) => forms.reduce((rest, form) => rest.split(form).join('***'), text);
}

/** SiliconFlow's trace ids have about 30 characters. */
const MAX_CHARACTERS = 100;

/**
 * A trace id as people may read it. It comes in a header, which a gateway may fill with anything.
 *
 * @returns undefined when nothing is left
 */
export function showTraceId(clean: CleanText, traceId?: string): string | undefined {
	const shown = clean((traceId ?? '').replace(/[^ -~]/g, ''), MAX_CHARACTERS);
	return shown === '' ? undefined : shown;
}
