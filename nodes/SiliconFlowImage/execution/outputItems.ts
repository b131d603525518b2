import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	NodeApiError,
	NodeOperationError,
} from 'n8n-workflow';
import { cleanLink } from '../contract/foreignText';
import type { Access } from '../input/access';
import type { Job } from '../input/readJob';
import type { ImageResult } from './imageResult';
import { isoTime } from './run';
import { showTraceId } from './traceId';

/**
 * The output item of an image: what is known about it as JSON and, when it was downloaded, the image
 * itself as binary data.
 *
 * @param index position of the image among those of its input item, from 0
 */
export function imageItem(
	access: Access,
	job: Job,
	result: ImageResult,
	index: number,
): INodeExecutionData {
	const { binary } = result;
	return {
		json: resultJson(access, job, result, index),
		...(binary ? { binary: { [job.output.field]: binary } } : {}),
		pairedItem: { item: job.item.index },
	};
}

/**
 * The item of a failure where the step continues on fail. Its JSON keeps all that is known, above
 * all the URL of an image that is paid for.
 *
 * n8n sends an item to the error output because of its `error`, but then replaces the JSON of every
 * item that still has one by the bare message (WorkflowExecute, normalizeNodeErrors). Between the two
 * it copies the item. So `error` is set for the error output only, and in a way that is not copied.
 */
export function failureItem(
	context: IExecuteFunctions,
	error: NodeApiError | NodeOperationError,
	itemIndex: number,
	known: IDataObject = {},
): INodeExecutionData {
	const details = error.description ?? undefined;
	const item: INodeExecutionData = {
		json: omitUndefined({ error: error.message, details, ...known }),
		pairedItem: { item: itemIndex },
	};
	if (context.getNode().onError === 'continueErrorOutput') {
		Object.defineProperty(item, 'error', { value: error, enumerable: false });
	}
	return item;
}

/**
 * What is known about an image: what was asked for, what the service said, where it failed. The URL is
 * last, because its hundreds of characters would push everything else out of sight.
 *
 * @param index position of the image among those of its input item, from 0
 */
export function resultJson(
	access: Access,
	job: Job,
	{ image, dimensions, failure }: ImageResult,
	index: number,
): IDataObject {
	const link = image?.link;
	return omitUndefined({
		model: job.model.id,
		prompt: job.values.prompt as string,
		seed: image?.seed,
		index,
		width: dimensions?.width,
		height: dimensions?.height,
		inferenceSeconds: image?.inferenceSeconds,
		status: failure?.status,
		code: failure?.code,
		traceId: showTraceId(access, failure?.traceId ?? image?.traceId),
		urlExpiresAt: link && isoTime(link.expiresAt),
		url: link && cleanLink(link.url, access.redact),
	});
}

/** Leaves out keys without a value, because n8n's storage would drop them anyway. */
function omitUndefined(json: IDataObject): IDataObject {
	return Object.fromEntries(Object.entries(json).filter(([, value]) => value !== undefined));
}
