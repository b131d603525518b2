import { NodeApiError, NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';
import type { Failure } from '../transport/failure';
import type { Access } from './access';

/**
 * A failure of the service as n8n's exception, with the API key taken out of every word.
 *
 * @param ending added to the description, such as what is already paid for
 */
export function apiError(
	{ context, access }: { readonly context: IExecuteFunctions; readonly access: Access },
	{ message, description, status, traceId }: Failure,
	itemIndex: number,
	ending = '',
): NodeApiError {
	// A message with "canceled" would make n8n mark the run as cancelled (WorkflowExecute).
	const words = access.redact(message).replace(/canceled/gi, 'cancelled');
	const trace = traceId === undefined ? '' : ` Trace id: ${traceId}.`;
	const error = new NodeApiError(
		context.getNode(),
		{},
		{
			message: words,
			description: access.redact(`${description}${trace}${ending}`),
			httpCode: status === undefined ? undefined : String(status),
			itemIndex,
		},
	);
	// NodeApiError rewrites messages in which it sees a network code, be it in the service's words.
	error.message = words;
	return error;
}

/** Whatever reading an item threw, such as an expression that does not work out, with its item. */
export function itemError(
	context: IExecuteFunctions,
	thrown: unknown,
	itemIndex: number,
): NodeOperationError {
	if (thrown instanceof NodeOperationError) return thrown;
	const cause = thrown instanceof Error ? thrown : new Error(String(thrown));
	return new NodeOperationError(context.getNode(), cause, { itemIndex });
}

/** Refuses an item for something its person can put right. */
export function refuseItem(
	context: IExecuteFunctions,
	itemIndex: number,
	message: string,
	description: string,
): never {
	const error = new NodeOperationError(context.getNode(), message, { itemIndex, description });
	// Like NodeApiError, it rewrites messages in which it sees a network code.
	error.message = message;
	throw error;
}
