import type { IExecuteFunctions, IN8nHttpFullResponse } from 'n8n-workflow';
import { AS_STREAM, readBody, type BodyStream } from './body';
import { Deadline } from './deadline';
import { fromThrown, type NoAnswer } from './outcome';

/** Name of the credential type; saved workflows hold it. */
export const CREDENTIAL = 'siliconFlowImageApi';

/** An answer of the service, of whatever status. */
export interface Reply {
	readonly kind: 'reply';
	readonly status: number;
	/** Body as text; the contract has JSON, but a gateway may answer with anything. */
	readonly text: string;
	/** `x-siliconcloud-trace-id`: what SiliconFlow's support asks for. */
	readonly traceId?: string;
	/** The `retry-after` header as it came. */
	readonly retryAfter?: string;
}

export interface CallOptions {
	/** Most milliseconds from sending the request to the end of the answer. */
	readonly timeoutMs: number;
	/** False asks the service to leave out its visible watermark. */
	readonly watermark?: boolean;
}

/** A reply lists a few URLs; anything near this size is not one. */
const MAX_REPLY_BYTES = 8 * 1024 * 1024;

/**
 * `POST /images/generations`: the call that costs money, and the only one of a run that carries the
 * API key.
 *
 * A redirect is not followed, for it would take the key and the bill elsewhere.
 *
 * @param baseUrl the credential's computed address, such as https://api.siliconflow.cn/v1
 * @param body the wire body as JSON, already checked
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
					// Release note of 2026-09-30: 0 opts out; there is no other value to send.
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
 * The context with a cancel signal that also ends at the deadline. n8n's authenticated helper asks
 * its context for the signal and ignores the one in the request (n8n-core, request-helpers), so a
 * reply that stalls in mid-body could not be ended by a time-out otherwise.
 */
function endingWith(context: IExecuteFunctions, deadline: Deadline): IExecuteFunctions {
	return Object.create(context, {
		getExecutionCancelSignal: { value: () => deadline.signal },
	}) as IExecuteFunctions;
}

function header(value: unknown): string | undefined {
	return typeof value === 'string' && value !== '' ? value : undefined;
}
