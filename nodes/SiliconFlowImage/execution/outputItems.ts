import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	NodeApiError,
	NodeOperationError,
} from 'n8n-workflow';
import type { Order } from '../input/readJob';
import type { MadeImage, Result } from './storeImage';
import { isoTime } from './run';

/**
 * The output item of a picture: what is known about it as JSON and, when it was downloaded, the
 * picture itself as binary data.
 *
 * @param index position of the picture among those of its input item, from 0
 */
export function imageItem(
	order: Order,
	image: MadeImage,
	{ binary }: Result,
	index: number,
): INodeExecutionData {
	return {
		json: imageJson(order, image, index),
		...(binary ? { binary: { [order.output.field]: binary } } : {}),
		pairedItem: { item: order.itemIndex },
	};
}

/**
 * The item of a failure where the step continues on fail. Its JSON keeps all that is known, above
 * all the URL of a picture that is paid for.
 *
 * n8n sends an item to the error output for its `error`, but then replaces the JSON of every item
 * that still has one by the bare message (WorkflowExecute, normalizeNodeErrors). Between the two it
 * copies the item. So `error` is set for the error output only, and in a way that is not copied.
 */
export function failureItem(
	{ context }: { readonly context: IExecuteFunctions },
	error: NodeApiError | NodeOperationError,
	itemIndex: number,
	known: IDataObject = {},
): INodeExecutionData {
	const details = error.description ?? undefined;
	const item: INodeExecutionData = {
		json: withoutGaps({ error: error.message, details, ...known }),
		pairedItem: { item: itemIndex },
	};
	if (context.getNode().onError === 'continueErrorOutput') {
		Object.defineProperty(item, 'error', { value: error, enumerable: false });
	}
	return item;
}

/** What the item of a failure says besides the message: the request, the picture, the numbers. */
export function failureJson(order: Order, { image, failure }: Result, index: number): IDataObject {
	const { status, code, traceId } = failure ?? {};
	const request = { model: order.model.id, prompt: order.values.prompt as string, index };
	const known = image ? imageJson(order, image, index) : request;
	return withoutGaps({ ...known, status, code, ...(traceId ? { traceId } : {}) });
}

function imageJson(order: Order, image: MadeImage, index: number): IDataObject {
	const { url, expiresAt, seed, inferenceSeconds, traceId } = image;
	return withoutGaps({
		model: order.model.id,
		prompt: order.values.prompt as string,
		seed,
		index,
		url,
		urlExpiresAt: isoTime(expiresAt),
		inferenceSeconds,
		traceId,
	});
}

/** A key without a value is left out: `undefined` would not survive n8n's storage anyway. */
function withoutGaps(json: IDataObject): IDataObject {
	return Object.fromEntries(Object.entries(json).filter(([, value]) => value !== undefined));
}
