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
	 * have been hidden by characters inside it. Of a text that is far longer only the beginning is looked
	 * at, so that megabytes cost no more than a line, and what may be part of a key at its end is left out.
	 */
	text(text: string, maxCharacters: number): string {
		const beginning = text.slice(0, lookedAt(maxCharacters));
		const visible = this.redact(beginning).replace(HARMFUL, '').replace(/\s+/g, ' ').trim();
		const shown = this.redact(visible);
		const isCut = beginning.length < text.length;
		return cutText(isCut ? this.withoutPartOfKey(shown) : shown, maxCharacters);
	}

	/** A text without the beginning of the key at its end, which is left where a text was cut. */
	private withoutPartOfKey(text: string): string {
		const parts = this.forms.map((form) => {
			let { length } = form;
			while (length > 0 && !text.endsWith(form.slice(0, length))) length--;
			return length;
		});
		return text.slice(0, text.length - Math.max(0, ...parts));
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
		// Enough to show whether there is more, and no less than is looked at then.
		const enough = 2 * MAX_VALUE_CHARACTERS;
		const most = lookedAt(enough);
		const text = typeof value === 'string' ? value : (beginningOfJson(value, most) ?? 'not set');
		const line = this.text(text, enough);
		const isCut = text.length > most || line.length > MAX_VALUE_CHARACTERS;
		if (isCut) return `${this.text(line, MAX_VALUE_CHARACTERS)}...`;
		return line === '' ? 'empty' : line;
	}

	/** Several values, separated by commas; ten at most. */
	list(values: readonly unknown[]): string {
		const shown = values.slice(0, MAX_LISTED).map((value) => this.value(value));
		const left = values.length - shown.length;
		return `${shown.join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
	}
}

/** How many characters are looked at to show so many, because some are taken out. */
function lookedAt(shown: number): number {
	return 4 * shown + 4000;
}

/** Deeper than people read; a value may even be in itself. */
const MAX_DEPTH = 100;

/**
 * A value as JSON.stringify writes it, of which no more is written than is asked for: the value may have
 * megabytes, and may be none that JSON can hold.
 *
 * @returns more than `most` characters if there are more; undefined for what JSON leaves out
 */
function beginningOfJson(value: unknown, most: number): string | undefined {
	let json = '';
	const isFull = () => json.length > most;
	const writeAll = (parts: Iterable<readonly [string, unknown]>, depth: number) => {
		let separator = '';
		for (const [name, one] of parts) {
			if (isFull()) return;
			json += `${separator}${name}`;
			write(one, depth + 1);
			separator = ',';
		}
	};
	const close = (end: string) => {
		// Behind a place where it was cut, nothing follows, so that part of a key is found there.
		if (!isFull()) json += end;
	};
	const write = (one: unknown, depth: number) => {
		if (typeof one === 'string') {
			json += JSON.stringify(cutText(one, most + 1)).slice(0, -1);
			close('"');
		} else if (typeof one === 'bigint') json += String(one);
		else if (typeof one !== 'object' || one === null) json += JSON.stringify(one) ?? 'null';
		else if (depth > MAX_DEPTH) json += '.'.repeat(most + 1);
		else if (Array.isArray(one) || Buffer.isBuffer(one)) {
			json += Array.isArray(one) ? '[' : '{"type":"Buffer","data":[';
			writeAll(elementsOf(one), depth);
			close(Array.isArray(one) ? ']' : ']}');
		} else if (hasToJson(one)) write(safely(() => one.toJSON()) ?? {}, depth + 1);
		else {
			json += '{';
			writeAll(fieldsOf(one), depth);
			close('}');
		}
	};
	if (isLeftOut(value)) return undefined;
	write(value, 0);
	return json;
}

function* elementsOf(list: ArrayLike<unknown>): Iterable<readonly [string, unknown]> {
	for (let i = 0; i < list.length; i++) yield ['', list[i]];
}

function* fieldsOf(object: object): Iterable<readonly [string, unknown]> {
	for (const name in object) {
		if (!Object.hasOwn(object, name)) continue;
		const value = safely(() => (object as Record<string, unknown>)[name]);
		if (!isLeftOut(value)) yield [`${JSON.stringify(name)}:`, value];
	}
}

const isLeftOut = (value: unknown) => ['undefined', 'function', 'symbol'].includes(typeof value);

const hasToJson = (value: object): value is { toJSON: () => unknown } =>
	typeof (value as { toJSON?: unknown }).toJSON === 'function';

/** What a value says about itself, which may throw. */
function safely(read: () => unknown): unknown {
	try {
		return read();
	} catch {
		return undefined;
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
