import type { IExecuteFunctions, IN8nHttpFullResponse } from 'n8n-workflow';
import { imageTypeOf, type ImageType } from '../contract/imageType';
import { AS_STREAM, readBody, type BodyStream } from './body';
import { Deadline } from './deadline';
import { fromThrown, type NoAnswer } from './outcome';

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

export interface DownloadOptions {
	/** How long the whole download may take, in milliseconds. */
	readonly timeoutMs: number;
	/** Whether `http:` is allowed, as it is when the API itself is reached by `http:`. */
	readonly allowHttp: boolean;
}

/** Largest image that is downloaded; those of the service have a few megabytes. */
const IMAGE_LIMITS = { maxMegabytes: 50 } as const;

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
	{ timeoutMs, allowHttp }: DownloadOptions,
): Promise<DownloadedImage | NotAnImage | NoAnswer> {
	const deadline = new Deadline(timeoutMs, context.getExecutionCancelSignal());
	let target = url;
	try {
		for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
			if (!isFetchable(target, allowHttp)) return { kind: 'redirect', target: schemeOf(target) };
			const response = (await context.helpers.httpRequest({
				method: 'GET',
				url: target,
				// Images are compressed already; a content encoding could only hide a wrong length.
				headers: { accept: 'image/*,*/*', 'accept-encoding': 'identity' },
				timeout: timeoutMs,
				abortSignal: deadline.signal,
				...AS_STREAM,
			})) as IN8nHttpFullResponse;
			const { statusCode: status, headers } = response;
			const stream = response.body as unknown as BodyStream;
			const location = headers.location;
			if (status >= 300 && status < 400 && typeof location === 'string') {
				stream.destroy();
				target = new URL(location, target).href;
				continue;
			}
			if (status < 200 || status >= 300) {
				stream.destroy();
				return { kind: 'refused', status };
			}
			const bytes = await readBody(stream, IMAGE_LIMITS, deadline);
			if (!Buffer.isBuffer(bytes)) return bytes;
			return asImage(bytes, contentType(headers['content-type']));
		}
		return { kind: 'redirect', target: 'too many redirects' };
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
