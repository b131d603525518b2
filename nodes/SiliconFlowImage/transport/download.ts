import type { IExecuteFunctions, IN8nHttpFullResponse } from 'n8n-workflow';
import { IMAGE_START_BYTES, imageTypeOf, type ImageType } from '../contract/imageHeader';
import { isSuccess } from '../contract/response';
import { AS_STREAM, bodyOf, closeBody, Deadline, readBody } from './body';
import { fromThrown, type NoAnswer } from './outcome';
import { systemClock, wait, type Clock } from './wait';

/** An image whose type was read from its bytes. */
export interface DownloadedImage {
	readonly kind: 'image';
	readonly bytes: Buffer;
	readonly type: ImageType;
}

/** A response that is not an image. */
export type NotAnImage =
	| { readonly kind: 'refused'; readonly status: number }
	| { readonly kind: 'empty' }
	| { readonly kind: 'notAnImage'; readonly contentType?: string }
	| { readonly kind: 'redirect'; readonly target: string };

/** The image is elsewhere. */
interface Moved {
	readonly kind: 'moved';
	readonly target: string;
}

export interface DownloadOptions {
	/** How long the whole download may take, in milliseconds. */
	readonly timeoutMs: number;
	/** Whether `http:` is allowed, as it is when the API itself is reached by `http:`. */
	readonly allowHttp: boolean;
	/** Largest image that is downloaded. */
	readonly maxMegabytes: number;
}

/**
 * Maximum number of generated images of a run that are downloaded at a time: as many as its Concurrency says, but
 * never more than this. Each may have 50 MB, and more downloads at once are hardly faster.
 */
export const MAX_DOWNLOADS = 8;

const MAX_REDIRECTS = 5;

/**
 * Downloads an image by its signed URL, without the API key, because the signature is in the URL and
 * the key belongs to the API host alone. The URL is requested as given.
 *
 * Redirects are followed here, one by one, so that the scheme of each target is checked.
 */
export async function downloadImage(
	context: IExecuteFunctions,
	url: string,
	{ timeoutMs, allowHttp, maxMegabytes }: DownloadOptions,
): Promise<DownloadedImage | NotAnImage | NoAnswer> {
	const endsAt = Date.now() + timeoutMs;
	let target = url;
	for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
		if (!isFetchable(target, allowHttp)) return { kind: 'redirect', target: schemeOf(target) };
		const limits = { timeoutMs: Math.max(0, endsAt - Date.now()), maxMegabytes };
		const outcome = await requestImage(context, target, limits);
		if (outcome.kind !== 'moved') return outcome;
		target = outcome.target;
	}
	return { kind: 'redirect', target: 'too many redirects' };
}

/** One request, whose deadline is its own, so that its connection can be closed. */
async function requestImage(
	context: IExecuteFunctions,
	url: string,
	{ timeoutMs, maxMegabytes }: Omit<DownloadOptions, 'allowHttp'>,
): Promise<DownloadedImage | NotAnImage | NoAnswer | Moved> {
	const deadline = new Deadline(timeoutMs, context.getExecutionCancelSignal());
	try {
		const response = (await context.helpers.httpRequest({
			method: 'GET',
			url,
			// Images are compressed already; a content encoding could only hide a wrong length.
			headers: { accept: 'image/*,*/*', 'accept-encoding': 'identity' },
			timeout: timeoutMs,
			abortSignal: deadline.signal,
			...AS_STREAM,
		})) as IN8nHttpFullResponse;
		const { statusCode: status, headers } = response;
		const body = bodyOf(response);
		const { location } = headers;
		if (!isSuccess(status)) {
			closeBody(body.stream, deadline);
			if (status < 300 || status >= 400 || typeof location !== 'string') {
				return { kind: 'refused', status };
			}
			return { kind: 'moved', target: new URL(location, url).href };
		}
		const bytes = await readBody(body, { maxMegabytes }, deadline, isNoImage);
		if (!Buffer.isBuffer(bytes)) return bytes;
		return asImage(bytes, contentType(headers['content-type']));
	} catch (thrown) {
		return deadline.reason ? { kind: deadline.reason } : fromThrown(thrown);
	} finally {
		deadline.release();
	}
}

/**
 * Bytes as an image, if they begin like one.
 *
 * @param contentType what the sender says that they are, if it says so
 */
export function asImage(bytes: Buffer, contentType?: string): DownloadedImage | NotAnImage {
	if (bytes.length === 0) return { kind: 'empty' };
	const type = imageTypeOf(bytes);
	return type ? { kind: 'image', bytes, type } : { kind: 'notAnImage', contentType };
}

/** Whether these first bytes, once there are enough, show that no image comes. */
function isNoImage(bytes: Buffer): boolean {
	return bytes.length >= IMAGE_START_BYTES && imageTypeOf(bytes) === undefined;
}

/** Type and subtype alone, because a header may hold any text. Longer ones are not cut but left out. */
function contentType(header: unknown): string | undefined {
	return /^[\w.+-]{1,60}\/[\w.+-]{1,60}(?![\w.+-])/.exec(String(header))?.[0];
}

function isFetchable(url: string, allowHttp: boolean): boolean {
	const scheme = schemeOf(url);
	return scheme === 'https:' || (scheme === 'http:' && allowHttp);
}

function schemeOf(url: string): string {
	try {
		const { protocol } = new URL(url);
		return protocol.length > 40 ? 'an unknown scheme' : protocol;
	} catch {
		return 'not a URL';
	}
}

/** How long is waited before each repetition, in milliseconds. */
const WAITS_MS = [500, 1_000, 2_000];
const WAITS_FOR_FRESH_MS = [...WAITS_MS, 3_000, 4_000];

/** So long after the first attempt, a link is no longer fresh. */
const FRESH_MS = 10_000;

/** What a host says of a file that it does not have yet, besides 429 and 5xx. */
const NOT_YET: readonly number[] = [403, 404, 408, 423, 425];

/** What is known of a link that is downloaded. */
export interface LinkAge {
	/** When it ends, in milliseconds since 1970; later there is no further attempt. */
	readonly expiresAt: number;
	/** Whether the service has just given it, so that the image may be a few seconds late. */
	readonly isFresh: boolean;
}

/**
 * Repeats a download, which costs nothing:
 *
 * | after | repetitions |
 * |---|---|
 * | a network fault, a timeout, 429, 5xx | three, after 0.5, 1 and 2 seconds |
 * | of a fresh link also 403, 404, 408, 423, 425, an empty file, or one that is no image; and 429 and 5xx | two more, after 3 and 4 seconds, within its first ten seconds |
 *
 * @param shouldStop whether the download is no longer wanted
 * @returns the first outcome that is final, or else the last one
 */
export async function downloadWithRetries<T extends { readonly kind: string }>(
	download: () => Promise<T | NotAnImage | NoAnswer>,
	{ expiresAt, isFresh }: LinkAge,
	shouldStop: () => boolean,
	clock: Clock = systemClock,
): Promise<T | NotAnImage | NoAnswer> {
	const startedAt = clock.now();
	for (let retries = 0; ; retries++) {
		const outcome = await download();
		const isLate = isFresh && mayBeLate(outcome) && clock.now() - startedAt < FRESH_MS;
		const waits = isLate ? WAITS_FOR_FRESH_MS : isTransient(outcome) ? WAITS_MS : [];
		if (retries >= waits.length || clock.timeOfDay() >= expiresAt) return outcome;
		if (!(await wait(waits[retries], shouldStop, clock))) return outcome;
	}
}

/** Whether a link will never give an image, however often it is tried. */
export function isDeadLink(outcome: NotAnImage | NoAnswer): boolean {
	switch (outcome.kind) {
		case 'refused':
			return outcome.status < 500 && ![408, 425, 429].includes(outcome.status);
		case 'empty':
		case 'notAnImage':
		case 'redirect':
		case 'tooLarge':
			return true;
		default:
			return false;
	}
}

interface AnyOutcome {
	readonly kind: string;
	readonly status?: number;
}

function isTransient({ kind, status = 0 }: AnyOutcome): boolean {
	if (kind === 'refused') return status >= 500 || status === 429;
	return ['unreachable', 'cut', 'timeout'].includes(kind);
}

/** Whether an outcome is what a host answers that does not have the image yet. */
function mayBeLate(outcome: AnyOutcome): boolean {
	const { kind, status = 0 } = outcome;
	if (kind === 'refused') return isTransient(outcome) || NOT_YET.includes(status);
	return kind === 'empty' || kind === 'notAnImage';
}
