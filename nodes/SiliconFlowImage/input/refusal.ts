import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';
import type { CleanText } from '../contract/sanitize';

/** Most characters of a message and of a description; what they quote is far shorter. */
export const MAX_MESSAGE_CHARACTERS = 1000;
export const MAX_DESCRIPTION_CHARACTERS = 5000;

/** What an exception is made with: n8n's context, and the gate that its words pass. */
export interface Refusing {
	readonly context: IExecuteFunctions;
	readonly clean: CleanText;
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
 * words must pass the gate, and because n8n would change its message (see `keepMessage`). What was
 * thrown does not become its cause, because n8n stores and shows the cause as it is.
 */
export function operationError(
	{ context, clean }: Refusing,
	message: string,
	{ itemIndex, description = '' }: RefusalDetails,
): NodeOperationError {
	const shown = clean(message, MAX_MESSAGE_CHARACTERS);
	const error = new NodeOperationError(context.getNode(), shown, {
		itemIndex,
		description: clean(description, MAX_DESCRIPTION_CHARACTERS) || undefined,
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
export function refuseRun(refusing: Refusing, message: string, description: string): never {
	throw operationError(refusing, message, { description });
}
