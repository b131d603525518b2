import type { IExecuteFunctions, IN8nHttpFullResponse } from 'n8n-workflow';
import { CREDENTIAL } from '../contract/credential';
import { InlineImage } from '../contract/inlineImage';
import { takeOutLongTexts } from '../contract/longTexts';
import type { RequestBody } from '../contract/request';
import { isSuccess } from '../contract/response';
import type { Sanitizer } from '../contract/sanitize';
import { AS_STREAM, bodyOf, Deadline, readBeginning, readBody } from './body';
import { fromThrown, type NoAnswer } from './outcome';

/** A response of the service, with any status. */
export interface Reply {
	readonly kind: 'reply';
	readonly status: number;
	/**
	 * Body as text. The contract says JSON, but a gateway may answer with anything. Of a refusal it is
	 * the beginning, without the API key. A success is left as it came, because the key of a gateway may
	 * be so short that it also occurs in a link or in an image.
	 */
	readonly text: string;
	/** What was taken out of a success: images in base64, for which `text` has marks. */
	readonly longTexts?: readonly Buffer[];
	/** `x-siliconcloud-trace-id`, which SiliconFlow support asks for. */
	readonly traceId?: string;
	/** The `retry-after` header, unparsed. */
	readonly retryAfter?: string;
	/** The `date` header, unparsed: the time by the service's clock. */
	readonly date?: string;
	/** Wire names of the fields that were sent. */
	readonly sentFields?: readonly string[];
	/** Content types of the input images that were sent; empty for one that was sent as a URL. */
	readonly sentImageTypes?: readonly string[];
}

/** Where requests are sent. */
export interface Service {
	/** The base URL from the credential, such as https://api.siliconflow.cn/v1. */
	readonly baseUrl: string;
	/** Takes the API key out of a reply, in case the service or a gateway repeats it. */
	readonly sanitizer: Sanitizer;
}

/** A request body, already checked. */
export interface EncodedBody {
	/** JSON in UTF-8. */
	readonly bytes: Buffer;
	/** Wire names of its fields. */
	readonly fields: readonly string[];
	/** Content types of its images; empty for one that is given as a URL. */
	readonly imageTypes?: readonly string[];
}

export interface CallOptions {
	/** How long the call may take until the end of the response, in milliseconds. */
	readonly timeoutMs: number;
	/** False asks the service to omit its visible watermark. */
	readonly watermark?: boolean;
}

/**
 * A reply usually lists a few links, but a gateway may send the images themselves, as base64: this lets
 * in 48 MB of them, about as much as a link may lead to. It ends there because of memory: until its
 * images are stored, such a reply takes about 110 MB, and there are as many as Concurrency says.
 */
export const REPLY_LIMITS = { maxMegabytes: 64, isJson: true } as const;

/**
 * What is left of a reply when its images are taken out. Reading the worst JSON of this size takes some
 * 40 ms, in which n8n can do nothing else (bench/parsing.ts measures it).
 */
export const MAX_TEXT_MEGABYTES = 8;
const MEGABYTE = 1024 * 1024;

/** The words of a refusal; more would not be shown. */
const MAX_REFUSAL_BYTES = 64 * 1024;

/** The address of the call that costs money. */
export function generationsUrl(baseUrl: string): string {
	return `${baseUrl}/images/generations`;
}

/**
 * `POST /images/generations`: the call that costs money, and the only one of a run that carries the
 * API key. (The model list of the editor carries it too, in `transport/liveModels.ts`.)
 *
 * A redirect is not followed, because it would take the key to another address.
 *
 * A refusal counts by its status even if its body does not come to its end. What follows it is decided
 * in `attempt.ts`; until when a 429 is waited for, in `rateLimiter.ts`.
 */
export async function postImagesGeneration(
	context: IExecuteFunctions,
	{ baseUrl, sanitizer }: Service,
	{ bytes, fields, imageTypes }: EncodedBody,
	{ timeoutMs, watermark = true }: CallOptions,
): Promise<Reply | NoAnswer> {
	const deadline = new Deadline(timeoutMs, context.getExecutionCancelSignal());
	const caller = new Caller(context, deadline);
	try {
		const response = (await context.helpers.httpRequestWithAuthentication.call(
			caller.context,
			CREDENTIAL,
			{
				method: 'POST',
				url: generationsUrl(baseUrl),
				headers: {
					accept: 'application/json',
					'content-type': 'application/json',
					// Release note of 2026-09-30: 0 opts out, and no other value is defined.
					...(watermark ? {} : { 'X-Enable-Watermark': '0' }),
				},
				body: bytes,
				timeout: timeoutMs,
				abortSignal: deadline.signal,
				...AS_STREAM,
			},
		)) as IN8nHttpFullResponse;
		const { statusCode: status, headers } = response;
		const body = bodyOf(response);
		const isServed = isSuccess(status);
		const read = isServed
			? await readBody(body, REPLY_LIMITS, deadline)
			: await readBeginning(body, MAX_REFUSAL_BYTES, deadline);
		if (!Buffer.isBuffer(read)) return read;
		const { bytes: textBytes, longTexts } = takeOutLongTexts(read);
		if (textBytes.length > MAX_TEXT_MEGABYTES * MEGABYTE) {
			return { kind: 'tooLarge', limit: `${MAX_TEXT_MEGABYTES} MB` };
		}
		const text = textBytes.toString('utf8');
		return {
			kind: 'reply',
			status,
			text: isServed ? text : sanitizer.redact(text),
			longTexts,
			traceId: header(headers['x-siliconcloud-trace-id']),
			retryAfter: header(headers['retry-after']),
			date: header(headers.date),
			sentFields: fields,
			sentImageTypes: imageTypes,
		};
	} catch (thrown) {
		if (deadline.reason) return { kind: deadline.reason };
		return caller.hasCredential ? fromThrown(thrown) : NO_CREDENTIAL;
	} finally {
		deadline.release();
	}
}

/** n8n reads the credential for each request, so it may be gone by then; nothing is sent without it. */
const NO_CREDENTIAL: NoAnswer = { kind: 'unreachable', code: 'n8n cannot read the credential' };

/** What n8n's authenticated helper sees of the execution. */
class Caller {
	/** Whether the credential was read, without which nothing was sent. */
	hasCredential = false;

	/**
	 * The context with a cancel signal that also aborts at the deadline. The helper takes the signal from
	 * its context and ignores the one in the request (n8n-core, request-helpers), so without this a
	 * timeout could not end a reply that stalls in the middle of its body.
	 */
	readonly context: IExecuteFunctions;

	constructor(context: IExecuteFunctions, deadline: Deadline) {
		const getCredentials = async (type: string) => {
			const credential = await context.getCredentials(type);
			this.hasCredential = true;
			return credential;
		};
		this.context = Object.create(context, {
			getExecutionCancelSignal: { value: () => deadline.signal },
			getCredentials: { value: getCredentials },
		}) as IExecuteFunctions;
	}
}

function header(value: unknown): string | undefined {
	return typeof value === 'string' && value !== '' ? value : undefined;
}

/** What JSON.stringify writes in place of half a surrogate pair, and every other escape beside it. */
const ESCAPES = /\\(?:u(d[89a-f])[0-9a-f]{2}|.)/gi;

/**
 * A value as JSON without halves of surrogate pairs, in texts and in names: strict servers refuse them.
 * They are taken out here, so that none leaves, wherever it came from.
 */
function jsonOf(value: unknown): string {
	const json = JSON.stringify(value);
	if (!json.includes('\\ud')) return json;
	return json.replace(ESCAPES, (escape, half?: string) => (half === undefined ? escape : ''));
}

/**
 * The body as JSON in UTF-8: the same bytes that JSON.stringify would give, but for halves of surrogate
 * pairs. The images are written directly into the result, so that a body of 32 MB takes 32 MB and not three times as much.
 */
export function encodeBody(body: RequestBody): Buffer {
	const parts = Object.entries(body)
		.filter(([, value]) => value !== undefined)
		.flatMap(([name, value], i) => [
			`${i === 0 ? '{' : ','}${jsonOf(name)}:`,
			...(value instanceof InlineImage ? ['"', value, '"'] : [jsonOf(value)]),
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
