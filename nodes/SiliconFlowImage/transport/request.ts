import type { IExecuteFunctions, IN8nHttpFullResponse } from 'n8n-workflow';
import { AS_STREAM, readBody, type BodyStream } from './body';
import { Deadline } from './deadline';
import { fromThrown, type NoAnswer } from './outcome';

/** Name of the credential type. Saved workflows hold it, so it never changes. */
export const CREDENTIAL = 'siliconFlowImageApi';

/** A response of the service, with any status. */
export interface Reply {
	readonly kind: 'reply';
	readonly status: number;
	/** Body as text. The contract says JSON, but a gateway may answer with anything. */
	readonly text: string;
	/** `x-siliconcloud-trace-id`, which SiliconFlow support asks for. */
	readonly traceId?: string;
	/** The `retry-after` header, unparsed. */
	readonly retryAfter?: string;
}

export interface CallOptions {
	/** How long the call may take until the end of the response, in milliseconds. */
	readonly timeoutMs: number;
	/** False asks the service to omit its visible watermark. */
	readonly watermark?: boolean;
}

/** A reply lists a few URLs, so anything near this size is not one. */
const MAX_REPLY_BYTES = 8 * 1024 * 1024;

/**
 * `POST /images/generations`: the call that costs money, and the only one of a run that carries the
 * API key. (The model list of the editor carries it too, in `transport/liveModels.ts`.)
 *
 * A redirect is not followed, because it would take the key to another address.
 *
 * @param baseUrl the base URL from the credential, such as https://api.siliconflow.cn/v1
 * @param body the request body as JSON, already checked
 */
export async function postImagesGeneration(
	context: IExecuteFunctions,
	baseUrl: string,
	body: Buffer,
	{ timeoutMs, watermark = true }: CallOptions,
): Promise<Reply | NoAnswer> {
	const deadline = new Deadline(timeoutMs, context.getExecutionCancelSignal());
	try {
		const response = (await context.helpers.httpRequestWithAuthentication.call(
			endingWith(context, deadline),
			CREDENTIAL,
			{
				method: 'POST',
				url: `${baseUrl}/images/generations`,
				headers: {
					accept: 'application/json',
					'content-type': 'application/json',
					// Release note of 2026-09-30: 0 opts out, and no other value is defined.
					...(watermark ? {} : { 'X-Enable-Watermark': '0' }),
				},
				body,
				timeout: timeoutMs,
				abortSignal: deadline.signal,
				...AS_STREAM,
			},
		)) as IN8nHttpFullResponse;
		const { statusCode: status, headers } = response;
		const read = await readBody(response.body as unknown as BodyStream, MAX_REPLY_BYTES, deadline);
		if (!Buffer.isBuffer(read)) return read;
		return {
			kind: 'reply',
			status,
			text: read.toString('utf8'),
			traceId: header(headers['x-siliconcloud-trace-id']),
			retryAfter: header(headers['retry-after']),
		};
	} catch (thrown) {
		return deadline.reason ? { kind: deadline.reason } : fromThrown(thrown);
	} finally {
		deadline.release();
	}
}

/**
 * The context with a cancel signal that also aborts at the deadline. n8n's authenticated helper takes
 * the signal from its context and ignores the one in the request (n8n-core, request-helpers), so
 * without this a timeout could not end a reply that stalls in the middle of its body.
 */
function endingWith(context: IExecuteFunctions, deadline: Deadline): IExecuteFunctions {
	return Object.create(context, {
		getExecutionCancelSignal: { value: () => deadline.signal },
	}) as IExecuteFunctions;
}

function header(value: unknown): string | undefined {
	return typeof value === 'string' && value !== '' ? value : undefined;
}
