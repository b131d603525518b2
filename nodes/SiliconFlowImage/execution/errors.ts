import { NodeApiError, NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';
import type { Access } from '../input/access';
import { keepMessage, operationError } from '../input/refusal';
import type { Failure } from '../transport/failure';

/**
 * A failure of the service as n8n's exception. The API key is taken out of every text.
 *
 * @param itemIndex input item that it is about, from 0
 * @param ending added to the description, such as which images are already paid for
 */
export function apiError(
	{ context, access }: { readonly context: IExecuteFunctions; readonly access: Access },
	{ message, description, status, traceId }: Failure,
	itemIndex: number,
	ending = '',
): NodeApiError {
	const redacted = access.redact(message);
	const trace = traceId === undefined ? '' : ` Trace id: ${traceId}.`;
	const error = new NodeApiError(
		context.getNode(),
		{},
		{
			message: redacted,
			description: access.redact(`${description}${trace}${ending}`),
			httpCode: status === undefined ? undefined : String(status),
			itemIndex,
		},
	);
	return keepMessage(error, redacted);
}

/**
 * Whatever reading the input threw, such as an expression that cannot be resolved, as n8n's exception.
 *
 * @param itemIndex input item that it is about, from 0; none when it is about the run as a whole
 */
export function refusalOf(
	context: IExecuteFunctions,
	thrown: unknown,
	itemIndex?: number,
): NodeOperationError {
	if (thrown instanceof NodeOperationError) {
		const { message, description } = thrown;
		if (itemIndex === undefined || thrown.context.itemIndex === itemIndex) {
			return keepMessage(thrown, message);
		}
		return operationError(context, message, { itemIndex, description: description ?? undefined });
	}
	return operationError(context, thrown instanceof Error ? thrown : String(thrown), { itemIndex });
}
