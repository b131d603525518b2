import { LABELS } from '../contract/labels';
import { formatCount, formatDuration } from '../contract/numbers';
import { isSuccess, readFailure, saysError } from '../contract/response';
import type { Sanitizer } from '../contract/sanitize';
import type { NotAnImage } from './download';
import { DAILY, hintFor } from './errorTexts';
import type { NoAnswer } from './outcome';
import type { GaveUp } from './giveUp';
import type { Reply } from './postImages';

/** Why there is no image, in words for people; `execution/` turns it into n8n's exception. */
export interface Failure {
	/** What happened, in one sentence. */
	readonly message: string;
	/** What to do about it. */
	readonly description: string;
	readonly status?: number;
	/** SiliconFlow's code, such as 20012. */
	readonly code?: number;
	readonly traceId?: string;
}

/** How a request was made. */
interface Asked {
	readonly timeoutMs: number;
	readonly retryOnTimeout: boolean;
	readonly baseUrl: string;
	/** Knows the API key. */
	readonly sanitizer: Sanitizer;
}

/** Why a request brought no image, whatever came in its place. */
export function failureOf(outcome: Reply | NoAnswer, asked: Asked): Failure {
	if (outcome.kind !== 'reply') return failureOfNoAnswer(outcome, asked);
	return isSuccess(outcome.status)
		? failureOfEmptyReply(outcome, asked.sanitizer)
		: failureOfReply(outcome, asked.sanitizer);
}

/** A reply that is not a success: the service's words, and what they mean for the user. */
function failureOfReply(reply: Reply, sanitizer: Sanitizer): Failure {
	const { status, text, traceId, sentFields, sentImageTypes } = reply;
	const { code, message } = readFailure(text, sanitizer);
	const said = message === '' ? '' : `: ${message}`;
	const redirected = status >= 300 && status < 400;
	return {
		message: redirected
			? `SiliconFlow answered with a redirect, which is not followed (HTTP ${status})`
			: `${titleOf(status)} (${statusAndCode(status, code)})${said}`,
		description: hintFor(status, { code, message, sentFields, sentImageTypes }),
		status,
		code,
		traceId,
	};
}

/** How messages name a refusal by its numbers. */
export function statusAndCode(status: number, code: number | undefined): string {
	return code === undefined ? `HTTP ${status}` : `HTTP ${status}, code ${code}`;
}

/** What a status says for certain. After 408 and most 5xx the image may exist. */
function titleOf(status: number): string {
	if (status === 401) return 'SiliconFlow does not accept the API key';
	return status === 408 || (status >= 500 && status !== 503)
		? 'SiliconFlow gave no usable answer'
		: 'SiliconFlow did not make the image';
}

/** A request that the service rejected until waiting became pointless. */
export function failureOfGivingUp(
	{ reason, reply, totals, askedMs }: GaveUp,
	sanitizer: Sanitizer,
): Failure {
	const failure = failureOfReply(reply, sanitizer);
	const { rejections, milliseconds } = totals;
	const explanations = {
		dailyLimit: '',
		noWait: '',
		retryAfter: `SiliconFlow asks to wait ${formatDuration(askedMs)}, which is longer than '${LABELS.giveUpAfter}' allows. `,
		deadline: `SiliconFlow accepted no image for this model in ${formatDuration(milliseconds)} (${formatCount(rejections, 'rejection')}). `,
	};
	// The words that said so may belong to another execution.
	const description = reason === 'dailyLimit' ? DAILY : failure.description;
	return { ...failure, description: explanations[reason] + description };
}

/** A reply without an image is shown by its beginning. */
const MAX_REPLY_CHARACTERS = 64 * 1024;

/** A reply that looks like a success, without an image in it. */
function failureOfEmptyReply({ status, text, traceId }: Reply, sanitizer: Sanitizer): Failure {
	// Without the key before it is read, because reading cuts it, and a key that was cut is not found.
	const { message } = readFailure(sanitizer.redact(text.slice(0, MAX_REPLY_CHARACTERS)), sanitizer);
	const billed = saysError(text) ? '' : ' The image may have been made and billed.';
	return {
		message: 'SiliconFlow answered without an image',
		description: `The reply was${message === '' ? ' empty' : `: ${sanitizer.text(message, 200)}`}.${billed} If the credential has a custom 'Base URL', check it. Otherwise, send the trace id to SiliconFlow support.`,
		status,
		traceId,
	};
}

/** A request that got no answer. */
function failureOfNoAnswer(
	outcome: NoAnswer,
	{ timeoutMs, retryOnTimeout, baseUrl }: Asked,
): Failure {
	const maybeBilled = retryOnTimeout
		? 'The request was repeated up to 3 times. Each attempt may have been processed and billed.'
		: "The image may have been made and billed, so the request was not repeated. To repeat such requests, turn on 'Retry on Timeout' in 'Execution Options'.";
	switch (outcome.kind) {
		case 'unreachable':
			return {
				message: `SiliconFlow cannot be reached at ${new URL(baseUrl).origin} (${outcome.code})`,
				description:
					"No image was made. Check 'Region' or 'Base URL' in the credential, and the network and proxy settings of n8n.",
			};
		case 'cut':
			return {
				message: `The connection to SiliconFlow broke before the answer was complete (${outcome.code})`,
				description: maybeBilled,
			};
		case 'timeout':
			return {
				message: `SiliconFlow did not answer within ${formatCount(timeoutMs / 1000, 'second')}`,
				description: `${maybeBilled} To give slow models more time, increase 'Timeout' in 'Execution Options'.`,
			};
		case 'tooLarge':
			return {
				message: `The answer has more than ${outcome.limit}, which is too much for a list of images`,
				description:
					"The image may have been made and billed. Check the 'Base URL' of the credential. A gateway that sends the images themselves can send 48 MB of them in a reply; beyond that, let it send links.",
			};
		case 'cancelled':
			return {
				message: 'The execution was stopped',
				description: 'No further requests were sent.',
			};
	}
}

/** Why a download gave no image, as the end of a sentence. */
export function reasonOfDownload(outcome: NotAnImage | NoAnswer, timeoutMs: number): string {
	switch (outcome.kind) {
		case 'refused':
			return `the image host answered with HTTP ${outcome.status}`;
		case 'empty':
			return 'the file is empty';
		case 'notAnImage':
			return outcome.contentType === undefined
				? 'the file is not an image'
				: `the file is not an image (its content type is ${outcome.contentType})`;
		case 'redirect':
			return `its link cannot be followed (${outcome.target})`;
		case 'tooLarge':
			return `the file is larger than ${outcome.limit}`;
		case 'timeout':
			return `it took longer than ${formatCount(timeoutMs / 1000, 'second')}`;
		case 'unreachable':
			return `the image host cannot be reached (${outcome.code})`;
		case 'cut':
			return `the connection to the image host broke (${outcome.code})`;
		case 'cancelled':
			return 'the execution was stopped';
	}
}

// Why an image that was made does not come out.

/** An image that was made and paid for, but not downloaded. */
export function failureOfDownload(outcome: NotAnImage | NoAnswer, timeoutMs: number): Failure {
	return {
		message: `The image was made but not downloaded: ${reasonOfDownload(outcome, timeoutMs)}`,
		description:
			'The image has been made and paid for. Download it from its URL before the link expires, which is one hour after it was made.',
	};
}

/**
 * An image that stood in the reply itself, where what stands there is none. It has no link, so nothing
 * can be fetched.
 */
export function failureOfSentImage(outcome: NotAnImage): Failure {
	return {
		message: `SiliconFlow sent the image itself instead of a link, but ${reasonOfDownload(outcome, 0)}`,
		description:
			"The image has probably been made and paid for, but it cannot be fetched again. If the credential has a custom 'Base URL', tell whoever runs that gateway.",
	};
}

/**
 * An image that n8n did not store.
 *
 * @param hasLink whether it can still be fetched
 */
export function failureOfStorage(thrown: unknown, hasLink: boolean): Failure {
	const reason = thrown instanceof Error ? thrown.message : 'unknown reason';
	const rescue = hasLink ? 'Download it from its URL before the link expires, and check' : 'Check';
	return {
		message: `The image was made, but n8n's binary storage did not accept it: ${reason}`,
		description: `The image has been made and paid for. ${rescue} n8n's binary storage.`,
	};
}
