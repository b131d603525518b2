/**
 * What people may read. Words come from elsewhere: from the service and other hosts, from names and
 * types of files, from values of items. n8n renders messages, descriptions and hints as sanitized
 * HTML, in which a link works, and terminals obey control characters. A gateway may repeat the API key.
 * So every text passes a sanitizer where it leaves the node.
 */

/** Markup, and what nobody sees: control and format characters, and lone surrogates. */
const HARMFUL = /[<>]|(?![\t-\r])[\p{Cc}\p{Cf}\p{Cs}]/gu;

/** A key of fewer characters stays, because it may be part of any word. */
const SHORTEST_KEY = 4;

/**
 * In a link, a key of fewer characters stays too. It is no secret that SiliconFlow gave, but a word such
 * as "test" or "image" that somebody has chosen for a gateway, and the link of an image that was paid
 * for would be dead without it.
 */
const SHORTEST_KEY_IN_LINK = 16;

/** Most characters of a value, and most values of a list, that a message shows. */
const MAX_VALUE_CHARACTERS = 60;
const MAX_LISTED = 10;

/** SiliconFlow's trace ids have about 30 characters. */
const MAX_TRACE_ID_CHARACTERS = 100;

/** Makes texts fit to be read, and takes one API key out of them. */
export class Sanitizer {
	/** The key as it is, and as it stands in JSON or in a URL. */
	private readonly forms: readonly string[];

	private readonly redactsLinks: boolean;

	/** @param key as it is sent; none if none was read yet */
	constructor(key = '') {
		const inJson = JSON.stringify(key).slice(1, -1);
		// Encoded as the value of a parameter without a name: "=...".
		const inUrl = new URLSearchParams({ '': key }).toString().slice(1);
		// PHP escapes the slash in JSON too.
		const forms = new Set([key, inJson, inJson.replace(/\//g, '\\/'), inUrl]);
		this.forms = key.length < SHORTEST_KEY ? [] : [...forms];
		this.redactsLinks = key.length >= SHORTEST_KEY_IN_LINK;
	}

	/** Takes the key out of a text that is not for people, such as a reply before it is read. */
	redact(text: string): string {
		return this.forms.reduce((rest, form) => rest.split(form).join('***'), text);
	}

	/**
	 * A text on one line, with at most this many UTF-16 characters. The key is taken out before anything
	 * is cut, because a key that was cut is no longer found, and once more at the end, because it may
	 * have been hidden by characters inside it. Takes linear time.
	 */
	text(text: string, maxCharacters: number): string {
		const visible = this.redact(text).replace(HARMFUL, '').replace(/\s+/g, ' ').trim();
		return cutText(this.redact(visible), maxCharacters);
	}

	/**
	 * A link that people may read and copy. It is not cut, because half a link is of no use; its length
	 * is limited where it is read. Characters that no URL may contain are percent-encoded, as HTTP clients
	 * send them, so the link still works.
	 */
	link(url: string): string {
		const redact = (text: string) => (this.redactsLinks ? this.redact(text) : text);
		const whole = redact(url).replace(/\p{Cs}/gu, '');
		return redact(whole.replace(/[<>\p{Cc}\p{Cf}]/gu, encodeURIComponent));
	}

	/**
	 * A trace id. It comes in a header, which a gateway may fill with anything.
	 *
	 * @returns undefined when nothing is left
	 */
	traceId(header = ''): string | undefined {
		const shown = this.text(header.replace(/[^ -~]/g, ''), MAX_TRACE_ID_CHARACTERS);
		return shown === '' ? undefined : shown;
	}

	/** A value of any kind, as a message quotes it: at most 60 characters, on one line. */
	value(value: unknown): string {
		const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'not set');
		const line = this.text(text, Infinity);
		if (line === '') return 'empty';
		return line.length > MAX_VALUE_CHARACTERS
			? `${this.text(line, MAX_VALUE_CHARACTERS)}...`
			: line;
	}

	/** Several values, separated by commas; ten at most. */
	list(values: readonly unknown[]): string {
		const shown = values.slice(0, MAX_LISTED).map((value) => this.value(value));
		const left = values.length - shown.length;
		return `${shown.join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
	}
}

/** For texts that cannot hold an API key, because none was read yet. */
export const WITHOUT_KEY = new Sanitizer();

/** A text without halves of surrogate pairs, which are left where a text is cut inside an emoji. */
export function withoutHalves(text: string): string {
	return text.replace(/\p{Cs}/gu, '');
}

/** The beginning of a text, without half a surrogate pair at its end. */
export function cutText(text: string, maxCharacters: number): string {
	if (text.length <= maxCharacters) return text;
	return text.slice(0, maxCharacters).replace(/[\ud800-\udbff]$/, '');
}
