import { z } from 'zod';
import { readEvents } from './eventStream';
import { imageTypeOfBase64 } from './imageHeader';
import { dataOfLongUrl, longTextOf } from './longTexts';
import { httpDateOf } from './numbers';
import { WITHOUT_KEY, type Sanitizer } from './sanitize';
import { asFinite, asRecord, isHttpUrl, isText, parseDataUrl } from './unknownValue';

/**
 * Response bodies. Only what the node uses is looked at, so that the API may add fields. Lists are
 * checked by hand and cut first, because a schema makes an issue of each entry that does not fit, and
 * a list of millions would end n8n.
 */

/** A reply with at least one image. */
export interface ImagesReply {
	/** In the order given. Each link works for one hour. */
	readonly images: readonly SentImage[];
	/** How long the inference took, in seconds, as the service reports it. */
	readonly inferenceSeconds?: number;
	readonly seed?: number;
}

/** Where a reply comes from. */
export interface ReplySource {
	/** The address that it is the reply of, which a relative link starts from. */
	readonly requestUrl?: string;
	/** What was taken out of it. */
	readonly longTexts?: readonly Buffer[];
}

/** More than any request can ask for, and room for entries that are none. */
const MAX_IMAGE_ENTRIES = 100;

/**
 * Reads a 200 reply, as JSON or as an event stream that holds it.
 *
 * @param text the body, but for what was taken out of it
 * @returns undefined when it holds no image, because that is never a success
 */
export function readImagesReply(text: string, source: ReplySource): ImagesReply | undefined {
	const body = parseJson(text);
	if (body !== undefined) return readImages(body, source);
	const replies = readEvents(text, parseJson).flatMap((event) => {
		const reply = readImages(event, source) ?? readImageEvent(event, source);
		return reply ? [reply] : [];
	});
	if (replies.length === 0) return undefined;
	const found = new Map(
		replies.flatMap(({ images }) => images).map((image) => [Object.values(image)[0], image]),
	);
	return {
		// An event may repeat what an earlier one gave.
		images: [...found.values()],
		inferenceSeconds: replies.find((reply) => reply.inferenceSeconds !== undefined)
			?.inferenceSeconds,
		seed: replies.find(({ seed }) => seed !== undefined)?.seed,
	};
}

/** An event that is an image itself, as with OpenAI (`image_generation.completed`); no preview. */
function readImageEvent(event: unknown, source: ReplySource): ImagesReply | undefined {
	const { type } = asRecord(event);
	if (typeof event === 'string' || (isText(type) && /partial/i.test(type))) return undefined;
	return readImages({ ...asRecord(event), images: [event] }, source);
}

/**
 * Reads the JSON of a 200 reply. The list stands in `images`, in newer replies also in `data`, as with
 * OpenAI. One odd entry must not lose the others, because each of them is paid for.
 *
 * @param source without a `requestUrl`, a relative link leads nowhere
 * @returns undefined when it holds no image
 */
export function readImages(body: unknown, source: ReplySource = {}): ImagesReply | undefined {
	const { images, data, timings, seed } = asRecord(body);
	const inImages = imagesIn(images, source);
	const found = inImages.length > 0 ? inImages : imagesIn(data, source);
	if (found.length === 0) return undefined;
	return {
		images: found,
		inferenceSeconds: asFinite(asRecord(timings).inference),
		seed: asFinite(seed),
	};
}

function imagesIn(list: unknown, source: ReplySource): SentImage[] {
	if (!Array.isArray(list)) return [];
	return list.slice(0, MAX_IMAGE_ENTRIES).flatMap((entry: unknown) => {
		const image = sentImageOf(entry, source);
		return image ? [image] : [];
	});
}

/** Whether a status says that the request was served. */
export function isSuccess(status: number): boolean {
	return status >= 200 && status < 300;
}

/** SiliconFlow lists about a hundred models of all kinds. */
const MAX_MODELS = 2000;
/** SiliconFlow's IDs have up to 40. */
export const MAX_MODEL_ID_CHARACTERS = 200;

/**
 * Ids in a reply of `GET /models`, each once, at most 2000. Odd entries are left out.
 *
 * @returns undefined when it is not a list of models
 */
export function readModelIds(body: unknown): string[] | undefined {
	const { data } = asRecord(body);
	if (!Array.isArray(data)) return undefined;
	const ids = data.slice(0, MAX_MODELS).flatMap((entry: unknown) => {
		const { id } = asRecord(entry);
		return isModelId(id) ? [id] : [];
	});
	return ids.length === 0 && data.length > 0 ? undefined : [...new Set(ids)];
}

/** n8n takes a value that begins with = for an expression, which would read the items and send them. */
const NO_MODEL_ID = /^\s*=|[<>\p{Cc}\p{Cf}\p{Cs}]/u;

function isModelId(id: unknown): id is string {
	return isText(id) && id.length <= MAX_MODEL_ID_CHARACTERS && !NO_MODEL_ID.test(id);
}

const codedSchema = z.object({
	code: z.number().nullish().catch(undefined),
	message: z.string().min(1),
	data: z.unknown().optional(),
});
const wrappedSchema = z.object({ error: z.object({ message: z.string().min(1) }).passthrough() });
const errorTextSchema = z.object({ error: z.string().min(1) });

/** A refusal has a sentence or two; what is longer is a page. */
const MAX_FAILURE_CHARACTERS = 64 * 1024;
const MAX_WORDS_CHARACTERS = 500;

/** The service's own words about a refusal. */
export interface ServiceFailure {
	/** SiliconFlow's code, such as 20012; absent when the reply has none. */
	readonly code?: number;
	/** At most 500 characters that are fit to be read; empty when the reply says nothing. */
	readonly message: string;
}

/**
 * Reads a failure of any shape: `{code, message, data}`, `{message}`, `{error: {message}}`,
 * `{error: "..."}`, a bare JSON string, plain text, a page of HTML, or nothing.
 *
 * @param page the body as it came, without the API key; only its beginning is looked at
 * @param sanitizer of whoever shows the words; one that knows the API key
 */
export function readFailure(page: string, sanitizer: Sanitizer = WITHOUT_KEY): ServiceFailure {
	const plain = (words: string) => sanitizer.text(wordsOf(words), MAX_WORDS_CHARACTERS);
	const text = page.slice(0, MAX_FAILURE_CHARACTERS);
	const bodies = bodiesIn(text);
	const body = bodies.find(isOwnError) ?? bodies.at(-1);
	const coded = codedSchema.safeParse(body);
	if (coded.success) {
		const { code, message, data } = coded.data;
		const detail = typeof data === 'string' && data !== '' && data !== message ? ` (${data})` : '';
		return { code: code ?? undefined, message: plain(message + detail) };
	}
	const wrapped = wrappedSchema.safeParse(body);
	if (wrapped.success) {
		const { code, message } = wrapped.data.error;
		return { code: typeof code === 'number' ? code : undefined, message: plain(message) };
	}
	const errorText = errorTextSchema.safeParse(body);
	if (errorText.success) return { message: plain(errorText.data.error) };
	if (typeof body === 'string') return { message: plain(body) };
	// The text as it came, because JSON.stringify would overflow the stack on a deeply nested body.
	return { message: plain(text) };
}

/** What a reply says as JSON: the one value, or those of the events of a stream. */
function bodiesIn(text: string): unknown[] {
	const body = parseJson(text);
	return body === undefined ? readEvents(text, parseJson) : [body];
}

/** Codes that gateways and SiliconFlow's other interfaces send with what went well. */
const CODES_OF_SUCCESS = /^(?:0|2\d\d|20000|ok|success)?$/i;

/** Whether JSON is an error, and not just something without an image. */
function isOwnError(body: unknown): boolean {
	const { error, code, success } = asRecord(body);
	if (
		success === false ||
		(error !== undefined && error !== null && error !== false && error !== '')
	)
		return true;
	return (typeof code === 'number' || isText(code)) && !CODES_OF_SUCCESS.test(String(code));
}

/**
 * Whether a reply with a status of success says that it failed. Then no image was made.
 *
 * @param page the body as it came; only its beginning is looked at
 */
export function saysError(page: string): boolean {
	return bodiesIn(page.slice(0, MAX_FAILURE_CHARACTERS)).some(isOwnError);
}

/** The text parsed as JSON, with or without a byte order mark; undefined when it is not JSON. */
export function parseJson(text: string): unknown {
	try {
		return JSON.parse(text.replace(/^\uFEFF/, ''));
	} catch {
		return undefined;
	}
}

/** What a page says to people. */
function wordsOf(page: string): string {
	// Cut first, because the patterns below could take minutes on a crafted page of megabytes.
	const text = page.slice(0, 4000);
	const title = /<title[^>]*>([^<]*)<\/title>/i.exec(text)?.[1];
	const words = /<html|<!doctype/i.test(text) ? (title ?? text.replace(/<[^>]*>/g, ' ')) : text;
	// An image in a data URL says nothing to a person.
	return words.replace(/(data:[\w.+-]{1,40}\/[\w.+-]{1,40};base64,)[^\s"']*/gi, '$1...');
}

/** Signed links have a few hundred characters; browsers and servers take about this many. */
const MAX_LINK_CHARACTERS = 8192;

/** An image as a reply gives it: where it can be fetched, or the image itself. */
type SentImage =
	/** An http(s) link of at most `MAX_LINK_CHARACTERS` characters. */
	| { readonly url: string }
	/** The bytes in base64, of either alphabet, perhaps with line breaks; as bytes if it is long. */
	| { readonly base64: string | Buffer };

/**
 * Reads an entry in any shape: SiliconFlow's `{url}`, OpenAI's `{b64_json}`, or a plain text, as some
 * gateways send it. A URL may be a data URL, base64, or relative. A link is preferred, because it works
 * without storage.
 */
function sentImageOf(entry: unknown, source: ReplySource): SentImage | undefined {
	if (typeof entry === 'string') return imageIn(entry, source);
	const { url, b64_json: base64 } = asRecord(entry);
	return (
		linkIn(url) ??
		(isText(base64) ? (longDataIn(base64, source) ?? dataIn(base64) ?? { base64 }) : undefined) ??
		(isText(url) ? imageIn(url, source) : undefined)
	);
}

/** Base64 comes before a relative link, because that of a JPEG begins with a slash. */
function imageIn(text: string, source: ReplySource): SentImage | undefined {
	return (
		linkIn(text) ??
		longDataIn(text, source) ??
		dataIn(text) ??
		bareBase64In(text) ??
		relativeLinkIn(text, source)
	);
}

/** The base64 in a data URL that was taken out, or in a text that is nothing else. */
function longDataIn(text: string, { longTexts = [] }: ReplySource): SentImage | undefined {
	const longText = longTextOf(text, longTexts);
	if (longText === undefined) return undefined;
	const data = dataOfLongUrl(longText);
	if (data !== undefined) return { base64: data };
	return bareBase64In(longText.toString('latin1', 0, 64)) && { base64: longText };
}

function linkIn(value: unknown): SentImage | undefined {
	if (!isText(value) || value.length > MAX_LINK_CHARACTERS) return undefined;
	const url = value.trim();
	return isHttpUrl(url) ? { url } : undefined;
}

/** A path, or something with a slash or a name that ends like an image; no word such as "pending". */
const RELATIVE = /^(?:\.{0,2}\/.|[^:?#]+\.(?:png|jpe?g|webp|gif|bmp|tiff?|avif|heic)(?:[?#]|$))/i;

/** A link that starts from the address of the request (RFC 3986, 5). */
function relativeLinkIn(text: string, { requestUrl }: ReplySource): SentImage | undefined {
	if (requestUrl === undefined || text.length > MAX_LINK_CHARACTERS) return undefined;
	const link = text.trim();
	if (!RELATIVE.test(link)) return undefined;
	try {
		return linkIn(new URL(link, requestUrl).href);
	} catch {
		return undefined;
	}
}

/** The base64 in a data URL. */
function dataIn(value: unknown): SentImage | undefined {
	const { type, data } = (isText(value) && parseDataUrl(value)) || {};
	return data !== undefined && type?.toLowerCase().endsWith(';base64')
		? { base64: data }
		: undefined;
}

/** Text that says nothing about itself is an image only if its bytes begin like one. */
function bareBase64In(text: string): SentImage | undefined {
	return imageTypeOfBase64(text) ? { base64: text } : undefined;
}

/** A link to an image works for one hour (contract). */
const LIFETIME_MS = 60 * 60 * 1000;

/** A reply may take this long to arrive; clocks that are further apart disagree. */
const CLOCKS_AGREE_MS = 60 * 1000;

/**
 * When a signed link expires, in milliseconds since 1970 by our clock: the time in its AWS-style
 * signature, or else an hour from now. Where the service's clock and ours disagree, its life counts
 * from now, because what the signature says is by the service's clock.
 *
 * @param url the link as the service gave it
 * @param now when it was given, in milliseconds since 1970
 * @param date the `date` header of the same reply: the time by the service's clock
 */
export function linkExpiry(url: string, now: number, date = ''): number {
	const parameter = (name: string) => new RegExp(`[?&]${name}=([^&#]*)`, 'i').exec(url)?.[1];
	const signedAt = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(parameter('X-Amz-Date') ?? '');
	const seconds = Number(parameter('X-Amz-Expires'));
	if (signedAt && seconds > 0) {
		const [year, month, day, hour, minute, second] = signedAt.slice(1).map(Number);
		const ahead = now - httpDateOf(date.trim());
		const correction = Math.abs(ahead) > CLOCKS_AGREE_MS ? ahead : 0;
		const end = Date.UTC(year, month - 1, day, hour, minute, second) + seconds * 1000 + correction;
		if (Number.isFinite(end)) return Math.min(end, now + 100 * LIFETIME_MS);
	}
	return now + LIFETIME_MS;
}
