import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';

/** What belongs to an exception besides its message. */
export interface RefusalDetails {
	/** Input item that the exception is about, from 0; none when it is about the run as a whole. */
	readonly itemIndex?: number;
	/** What to do next. */
	readonly description?: string;
}

/**
 * n8n's exception for what a person can fix. This is the only place where one is made, because
 * n8n would change its message (see `keepMessage`).
 *
 * @param cause the message, or what was thrown and has the message
 */
export function operationError(
	context: IExecuteFunctions,
	cause: string | Error,
	{ itemIndex, description }: RefusalDetails,
): NodeOperationError {
	const error = new NodeOperationError(context.getNode(), cause, { itemIndex, description });
	return keepMessage(error, typeof cause === 'string' ? cause : cause.message);
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
export function refuseRun(context: IExecuteFunctions, message: string, description: string): never {
	throw operationError(context, message, { description });
}
