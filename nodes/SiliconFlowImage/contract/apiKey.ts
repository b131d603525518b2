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
