import { NodeApiError, NodeOperationError, type IDataObject } from 'n8n-workflow';
import { asFinite, asRecord, isText } from '../contract/unknownJson';
import {
	keepMessage,
	MAX_DESCRIPTION_CHARACTERS,
	MAX_MESSAGE_CHARACTERS,
	operationError,
	type Refusing,
} from '../input/refusal';
import type { Failure } from '../transport/failure';
import { showTraceId } from '../contract/sanitize';

/** What belongs to the exception of a failure besides the failure itself. */
export interface FailureDetails {
	/** Input item that it is about, from 0. */
	readonly itemIndex: number;
	/** Added to the description, with a space in front; which other images it concerns. */
	readonly ending?: string;
	/** Shown by n8n as data that can be copied, such as links. */
	readonly details?: IDataObject;
}

/** A failure of the service as n8n's exception. Its words pass the gate for foreign words. */
export function apiError(
	{ context, clean }: Refusing,
	{ message, description, status, traceId }: Failure,
	{ itemIndex, ending = '', details }: FailureDetails,
): NodeApiError {
	const shown = clean(message, MAX_MESSAGE_CHARACTERS);
	const shownTraceId = showTraceId(clean, traceId);
	const trace = shownTraceId === undefined ? '' : ` Trace id: ${shownTraceId}.`;
	const error = new NodeApiError(
		context.getNode(),
		{},
		{
			message: shown,
			description: clean(`${description}${trace}${ending}`, MAX_DESCRIPTION_CHARACTERS),
			httpCode: status === undefined ? undefined : String(status),
			itemIndex,
		},
	);
	// NodeErrorView of n8n's editor shows this under "Error data".
	if (details) error.context.data = details;
	return keepMessage(error, shown);
}

/** What is read of a thrown exception. */
interface Thrown {
	readonly message?: unknown;
	readonly description?: unknown;
	readonly context?: unknown;
}

/**
 * Whatever reading the input threw, such as an expression that cannot be resolved, as n8n's exception.
 * It is made anew, because n8n's own exceptions quote values too.
 *
 * @param itemIndex input item that it is about, from 0; by default that of a refusal, and none when it
 * is about the run as a whole
 */
export function refusalOf(
	refusing: Refusing,
	thrown: unknown,
	itemIndex?: number,
): NodeOperationError {
	const { message, description, context }: Thrown = asRecord(thrown);
	const known =
		thrown instanceof NodeOperationError ? asFinite(thrown.context.itemIndex) : undefined;
	const error = operationError(refusing, String(message ?? thrown), {
		itemIndex: itemIndex ?? known,
		// n8n's own descriptions have markup, whose words are enough.
		description: isText(description) ? description.replace(/<[^<>]*>/g, '') : undefined,
	});
	// By these, n8n's editor chooses its explanation of an expression.
	for (const [name, value] of Object.entries(asRecord(context))) {
		if (isText(value)) error.context[name] = refusing.clean(value, MAX_MESSAGE_CHARACTERS);
	}
	return error;
}
