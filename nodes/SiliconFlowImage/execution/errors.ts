import { NodeApiError, NodeOperationError, type IDataObject } from 'n8n-workflow';
import { formatCount } from '../contract/numbers';
import { asFinite, asRecord, isText } from '../contract/unknownValue';
import {
	keepMessage,
	MAX_DESCRIPTION_CHARACTERS,
	MAX_MESSAGE_CHARACTERS,
	operationError,
	type ErrorContext,
} from '../input/refusal';
import type { Failure } from '../transport/failure';
import type { ImageResult } from './imageResult';
import type { PaidImages } from './runImages';

/** What belongs to the exception of a failure besides the failure itself. */
export interface FailureDetails {
	/** Input item that it is about, from 0. */
	readonly itemIndex: number;
	/** Added to the description, with a space in front; which other images it concerns. */
	readonly ending?: string;
	/** Shown by n8n as data that can be copied, such as links. */
	readonly details?: IDataObject;
}

/** A failure of the service as n8n's exception. Its words are sanitized. */
export function apiError(
	{ context, sanitizer }: ErrorContext,
	{ message, description, status, traceId }: Failure,
	{ itemIndex, ending = '', details }: FailureDetails,
): NodeApiError {
	const shown = sanitizer.text(message, MAX_MESSAGE_CHARACTERS);
	const shownTraceId = sanitizer.traceId(traceId);
	const trace = shownTraceId === undefined ? '' : ` Trace id: ${shownTraceId}.`;
	const error = new NodeApiError(
		context.getNode(),
		{},
		{
			message: shown,
			description: sanitizer.text(`${description}${trace}${ending}`, MAX_DESCRIPTION_CHARACTERS),
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
	errorContext: ErrorContext,
	thrown: unknown,
	itemIndex?: number,
): NodeOperationError {
	const { message, description, context }: Thrown = asRecord(thrown);
	const known =
		thrown instanceof NodeOperationError ? asFinite(thrown.context.itemIndex) : undefined;
	const error = operationError(errorContext, String(message ?? thrown), {
		itemIndex: itemIndex ?? known,
		// n8n's own descriptions have markup, whose words are enough.
		description: isText(description) ? description.replace(/<[^<>]*>/g, '') : undefined,
	});
	// By these, n8n's editor chooses its explanation of an expression.
	for (const [name, value] of Object.entries(asRecord(context))) {
		if (isText(value))
			error.context[name] = errorContext.sanitizer.text(value, MAX_MESSAGE_CHARACTERS);
	}
	return error;
}

// How far a failure reaches: which images besides the one it is about. Each sentence has a space in
// front, because it ends a description.

/** How many of the images that a job is for were not requested. */
export function countUnsent(numberOfImages: number, results: readonly ImageResult[]): number {
	// A gap has no result, and a failed request has one for all its images.
	return results.reduce((left, { requested = 1 }) => left - requested, numberOfImages);
}

/** A request may be for several images, all of which may have been billed. */
export function describeRequest({ requested = 1 }: ImageResult): string {
	if (requested === 1) return '';
	return ` The request was for ${formatCount(requested, 'image')}, and this applies to all of them.`;
}

/** @param unsent how many images of the item were not requested because of the failure */
export function describeUnsent(unsent: number): string {
	return unsent === 0 ? '' : ` Not requested for this item: ${formatCount(unsent, 'more image')}.`;
}

/**
 * What a failure that ends the run leaves behind, and how a run goes on next time.
 *
 * @param unsent how many images of the run were not requested because of the failure
 * @param others whether the run has other items, which could go on
 */
export function describeStop(
	{ count, unlinked, kept, keptMs }: PaidImages,
	unsent: number,
	others: boolean,
): string {
	const links = count === 1 ? 'Its link is' : 'Their links are';
	return [
		count > 0 && ` Already made and paid for: ${formatCount(count, 'image')}.`,
		count > unlinked && ` ${links} in the details below (From SiliconFlow Image).`,
		unlinked > 0 && ` Without a link: ${formatCount(unlinked, 'image')}.`,
		unsent > 0 && ` Not requested: ${formatCount(unsent, 'image')}.`,
		(count > 0 || others) &&
			` To get the images of a run even if one is refused, set 'On Error' to 'Continue' in the settings of this step.`,
		kept > 0 && describeKept(kept, keptMs, count),
	]
		.filter((sentence) => sentence !== false)
		.join('');
}

const MINUTE_MS = 60_000;

/** Where a later run gets them for nothing: true for one process as for several workers. */
function describeKept(kept: number, keptMs: number, count: number): string {
	// Fresh links work for an hour, minus what a run needs to use them.
	const minutes = Math.max(1, Math.floor(keptMs / MINUTE_MS));
	const time = minutes < 55 ? `${minutes} min` : 'the hour';
	const these = kept === count ? 'these images' : `${kept} of these images`;
	const them = kept === 1 ? 'it' : 'them';
	return ` If this step asks for the same within ${time}, it outputs ${kept === 1 && count === 1 ? 'this image' : these} and does not pay for ${them} again, unless n8n was restarted or another worker runs it.`;
}

/**
 * The links for the details of an exception, where n8n shows them as data that can be copied. In the
 * description they would be a wall of text.
 */
export function stopDetails({ count, unlinked, links }: PaidImages): IDataObject | undefined {
	if (links.length === 0) return undefined;
	const more = count - unlinked - links.length;
	return { images: links.map((link) => ({ ...link })), ...(more > 0 ? { more } : {}) };
}
