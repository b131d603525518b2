import type { NotAnImage } from './download';
import type { NoAnswer } from './outcome';
import type { Reply } from './request';
import { readFailure } from '../contract/response';
import { hintFor } from './hints';
import { LONGEST_RETRY_AFTER_MS, retryAfterMs } from './sendWithRetries';

/** Why no picture came, in words for people; n8n's exception is made from it at the edge. */
export interface Failure {
	/** What happened, in one sentence. */
	readonly message: string;
	/** How to get on. */
	readonly description: string;
	readonly status?: number;
	/** SiliconFlow's own number, such as 20012. */
	readonly code?: number;
	readonly traceId?: string;
}

/** A reply that is not a success: the service's words, and what they mean for the person. */
export function failureOfReply(reply: Reply): Failure {
	const { status, text, traceId } = reply;
	const { code, message } = readFailure(text);
	const numbers = code === undefined ? `HTTP ${status}` : `HTTP ${status}, code ${code}`;
	const said = message === '' ? '' : `: ${message}`;
	const redirected = status >= 300 && status < 400;
	return {
		message: redirected
			? `SiliconFlow answered with a redirect, which is not followed (HTTP ${status})`
			: `SiliconFlow did not make the image (${numbers})${said}`,
		description: hintFor(status, code, message) + retryAfterHint(reply),
		status,
		code,
		traceId,
	};
}

/** A 200 reply without an image in it. */
export function failureOfEmptyReply({ status, text, traceId }: Reply): Failure {
	const { message } = readFailure(text);
	return {
		message: 'SiliconFlow answered without an image',
		description: `The reply was${message === '' ? ' empty' : `: ${message.slice(0, 200)}`}. Check the base URL of the credential if it is a custom one; otherwise give the trace id to SiliconFlow's support.`,
		status,
		traceId,
	};
}

/** A request that got no answer. */
export function failureOfNoAnswer(
	outcome: NoAnswer,
	{ timeoutMs, retryAmbiguous }: { readonly timeoutMs: number; readonly retryAmbiguous: boolean },
): Failure {
	const maybeBilled = retryAmbiguous
		? 'It was repeated as often as Max Retries allows; each try may have been made and billed.'
		: "The image may have been made and billed, so the request was not repeated. Turn on 'Retry After Time-Out' in Execution Options to have it repeated all the same.";
	switch (outcome.kind) {
		case 'unreachable':
			return {
				message: `SiliconFlow cannot be reached (${outcome.code})`,
				description:
					'No image was made. Check the Region or Base URL of the credential, and the network and proxy of n8n.',
			};
		case 'cut':
			return {
				message: `The connection to SiliconFlow broke before the answer was complete (${outcome.code})`,
				description: maybeBilled,
			};
		case 'timeout':
			return {
				message: `SiliconFlow did not answer within ${timeoutMs / 1000} seconds`,
				description: `${maybeBilled} A longer 'Timeout' in Execution Options gives slow models more time.`,
			};
		case 'tooLarge':
			return {
				message: `The answer was larger than ${outcome.maxBytes} bytes, which no list of images is`,
				description: 'Check the base URL of the credential.',
			};
		case 'cancelled':
			return { message: 'The execution was stopped', description: 'No further request was sent.' };
	}
}

/** A picture that was made and paid for, but whose download brought none. */
export function failureOfDownload(outcome: NotAnImage | NoAnswer, timeoutMs: number): Failure {
	return {
		message: `The image was made but not downloaded: ${reasonOfDownload(outcome, timeoutMs)}`,
		description:
			'The picture has been made and paid for. Fetch it from its URL while the link lives, which is one hour.',
	};
}

/** Why a download brought no picture, as the end of a sentence. */
export function reasonOfDownload(outcome: NotAnImage | NoAnswer, timeoutMs: number): string {
	switch (outcome.kind) {
		case 'refused':
			return `the image host answered HTTP ${outcome.status}`;
		case 'empty':
			return 'the file is empty';
		case 'notAnImage':
			return `the file is not an image (its content type is ${outcome.contentType})`;
		case 'redirect':
			return `its address leads to ${outcome.target}, which is not followed`;
		case 'tooLarge':
			return `the file is larger than ${outcome.maxBytes} bytes`;
		case 'timeout':
			return `it took longer than ${timeoutMs / 1000} seconds`;
		case 'unreachable':
		case 'cut':
			return `the connection to the image host broke (${outcome.code})`;
		case 'cancelled':
			return 'the execution was stopped';
	}
}

function retryAfterHint({ retryAfter }: Reply): string {
	const milliseconds = retryAfterMs(retryAfter);
	if (milliseconds === undefined || milliseconds <= LONGEST_RETRY_AFTER_MS) return '';
	const minutes = Math.min(Math.ceil(milliseconds / 60_000), 1_000_000);
	return ` The service asks to wait ${minutes} minutes, which is longer than this node waits.`;
}
