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
import type { GeneratedImage, ImageResult } from './imageResult';
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
	image: GeneratedImage,
	{ binary }: ImageResult,
	index: number,
): INodeExecutionData {
	return {
		json: imageJson(access, job, image, index),
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

/** What the item of a failure says besides the message: the request, the image, the numbers. */
export function failureJson(
	access: Access,
	job: Job,
	{ image, failure }: ImageResult,
	index: number,
): IDataObject {
	const { status, code } = failure ?? {};
	const request = { model: job.model.id, prompt: job.values.prompt as string, index };
	const known = image ? imageJson(access, job, image, index) : request;
	const traceId = showTraceId(access, failure?.traceId);
	return omitUndefined({ ...known, status, code, ...(traceId ? { traceId } : {}) });
}

function imageJson(access: Access, job: Job, image: GeneratedImage, index: number): IDataObject {
	const { link, seed, inferenceSeconds, traceId } = image;
	return omitUndefined({
		model: job.model.id,
		prompt: job.values.prompt as string,
		seed,
		index,
		url: link && cleanLink(link.url, access.redact),
		urlExpiresAt: link && isoTime(link.expiresAt),
		inferenceSeconds,
		traceId: showTraceId(access, traceId),
	});
}

/** Leaves out keys without a value, because n8n's storage would drop them anyway. */
function omitUndefined(json: IDataObject): IDataObject {
	return Object.fromEntries(Object.entries(json).filter(([, value]) => value !== undefined));
}
