import { httpDateOf } from './numbers';
import { isSuccess, parseJson, readFailure } from './response';
import { asRecord, isText } from './unknownValue';

/** The service's "not now". */
export interface Rejection {
	/** HTTP status: 429 (rate limit) or 503 (overload). */
	readonly status: number;
	/** The wait that the service asks for, in milliseconds, where it does. */
	readonly retryAfterMs?: number;
	/** Whether no wait will help, such as after a limit per day. */
	readonly isLasting?: boolean;
}

const SECONDS = /^\d+(?:\.\d+)?$/;

/** A longer wait is a mistake, such as milliseconds in place of seconds. A daily limit is no longer. */
const MOST_MS = 24 * 3_600_000;

/**
 * How long the service asks to wait, in milliseconds from when its reply came.
 *
 * @param header the `retry-after` header as it came: seconds or an HTTP date (RFC 9110, 10.2.3)
 * @param now milliseconds since 1970 at which it came, by our clock
 * @param date the `date` header of the same reply: the time by the service's clock, which may differ
 * @returns undefined when there is none, when it cannot be read, when it asks for no wait at all, and
 * when it asks for more than a day
 */
export function retryAfterMs(
	header: string | undefined,
	now: number,
	date?: string,
): number | undefined {
	const text = header?.trim() ?? '';
	const sentAt = httpDateOf(date?.trim() ?? '');
	const until = httpDateOf(text) - (Number.isNaN(sentAt) ? now : sentAt);
	const wanted = SECONDS.test(text) ? Number(text) * 1000 : until;
	return wanted > 0 && wanted <= MOST_MS ? wanted : undefined;
}

/** Whether the words of a 429 say that a limit per day is reached, which no back-off outlasts. */
export function isDailyLimit(message: string): boolean {
	return /\b(?:[IRT]PD|per day|daily)\b/i.test(message);
}

/** Codes of a model that the site does not have, and of one that is disabled. */
const MODEL_CODES: readonly unknown[] = [20012, 30003];

/** The word, in a sentence and in a code such as `model_not_found`. */
const MODEL = /(?:^|[^a-z])models?(?:[^a-z]|$)/i;

/** Parts of an address, which are not what a refusal says. */
const PATH = /\S*\/\S*/g;

/**
 * Whether a refusal is about the model and nothing else, so that another model may do. A 404 is mostly
 * about the address, so its code or its words must name the model.
 *
 * @param text body of the reply
 */
export function refusesModel(status: number, text: string): boolean {
	if (isSuccess(status)) return false;
	const { code, message } = readFailure(text);
	if (status === 410 || MODEL_CODES.includes(code)) return true;
	if (status !== 404) return false;
	const words = message.replace(PATH, ' ');
	return MODEL.test(words) || MODEL.test(codeInWords(text));
}

/** The code of a reply in OpenAI's form, where codes are words; gateways use it. */
function codeInWords(text: string): string {
	const body = asRecord(parseJson(text));
	const { code } = asRecord(body.error ?? body);
	return isText(code) ? code : '';
}
