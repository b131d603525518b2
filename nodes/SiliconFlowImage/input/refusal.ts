import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';
import type { Violation } from '../contract/request';
import type { Sanitizer } from '../contract/sanitize';

/** Most characters of a message and of a description; what they quote is far shorter. */
export const MAX_MESSAGE_CHARACTERS = 1000;
export const MAX_DESCRIPTION_CHARACTERS = 5000;

/** What an exception is made with: n8n's context, and what its words pass. */
export interface ErrorContext {
	readonly context: IExecuteFunctions;
	readonly sanitizer: Sanitizer;
}

/** What belongs to an exception besides its message. */
export interface RefusalDetails {
	/** Input item that the exception is about, from 0; none when it is about the run as a whole. */
	readonly itemIndex?: number;
	/** What to do next. */
	readonly description?: string;
}

/**
 * n8n's exception for what a person can fix. This is the only place where one is made, because its
 * words must be sanitized, and because n8n would change its message (see `keepMessage`). What was
 * thrown does not become its cause, because n8n stores and shows the cause as it is.
 */
export function operationError(
	{ context, sanitizer }: ErrorContext,
	message: string,
	{ itemIndex, description = '' }: RefusalDetails,
): NodeOperationError {
	const shown = sanitizer.text(message, MAX_MESSAGE_CHARACTERS);
	const error = new NodeOperationError(context.getNode(), shown, {
		itemIndex,
		description: sanitizer.text(description, MAX_DESCRIPTION_CHARACTERS) || undefined,
	});
	return keepMessage(error, shown);
}

/**
 * Gives an exception its message once more, because n8n reads messages in two ways that hurt here:
 * the constructors of NodeOperationError and NodeApiError replace a message that contains the name of
 * a network fault such as ENOENT, and WorkflowExecute marks the run as cancelled when the message
 * contains "canceled". A refused value or the service may well say either.
 */
export function keepMessage<E extends Error>(error: E, message: string): E {
	error.message = message.replace(/canceled/g, 'cancelled');
	return error;
}

/**
 * Refuses the run as a whole, because of the credential or an option that is read once.
 *
 * @throws NodeOperationError without `itemIndex`
 */
export function refuseRun(errorContext: ErrorContext, message: string, description: string): never {
	throw operationError(errorContext, message, { description });
}

/** What is wrong with a value, as a sentence: 'Steps' must be ..., but is ... */
export function describeViolation(
	{ sanitizer }: Pick<ErrorContext, 'sanitizer'>,
	{ label, rule, value }: Violation,
): string {
	const isBlank = typeof value === 'string' && value.trim() === '';
	return `'${label}' ${rule}${isBlank ? '' : `, but is ${sanitizer.value(value)}`}`;
}
