import {
	NodeApiError,
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
} from 'n8n-workflow';
import type { Access } from '../input/access';
import { keepMessage, operationError } from '../input/refusal';
import type { Failure } from '../transport/failure';
import { showTraceId } from './traceId';

/** What belongs to the exception of a failure besides the failure itself. */
export interface FailureDetails {
	/** Input item that it is about, from 0. */
	readonly itemIndex: number;
	/** Added to the description, with a space in front; which other images it concerns. */
	readonly ending?: string;
	/** Shown by n8n as data that can be copied, such as links. */
	readonly details?: IDataObject;
}

/** A failure of the service as n8n's exception. The API key is taken out of every text. */
export function apiError(
	{ context, access }: { readonly context: IExecuteFunctions; readonly access: Access },
	{ message, description, status, traceId }: Failure,
	{ itemIndex, ending = '', details }: FailureDetails,
): NodeApiError {
	const redacted = access.redact(message);
	const shown = showTraceId(access, traceId);
	const trace = shown === undefined ? '' : ` Trace id: ${shown}.`;
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
	// NodeErrorView of n8n's editor shows this under "Error data".
	if (details) error.context.data = details;
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
