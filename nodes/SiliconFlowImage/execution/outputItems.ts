import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	NodeApiError,
	NodeOperationError,
} from 'n8n-workflow';
import { isoTime } from '../contract/numbers';
import { WITHOUT_KEY, type Sanitizer } from '../contract/sanitize';
import type { Access } from '../input/access';
import { InputItem } from '../input/inputItem';
import type { Job } from '../input/readJob';
import type { ErrorContext } from '../input/refusal';
import { asSwitch } from '../input/values';
import type { ImageResult } from './imageResult';
import type { Run } from './runState';

/**
 * The output item of an image: what is known about it as JSON and, when it was downloaded, the image
 * itself as binary data.
 *
 * @param index position of the image among those of its job, from 0
 */
export function imageItem(
	access: Access,
	job: Job,
	result: ImageResult,
	index: number,
): INodeExecutionData {
	const { binary } = result;
	return {
		json: withInputFields(fieldsOf(job), resultJson(access, job, result, index)),
		...(binary ? { binary: { [job.output.field]: binary } } : {}),
		pairedItem: pairedWith(indexesOf(job)),
	};
}

/** The item of an image that failed. Its JSON keeps all that is known, above all the URL. */
export function failedImageItem(
	{ context, access }: Pick<Run, 'context' | 'access'>,
	error: NodeApiError,
	job: Job,
	result: ImageResult,
	index: number,
): INodeExecutionData {
	const known = resultJson(access, job, result, index);
	return failureItem(context, error, indexesOf(job), fieldsOf(job), known);
}

/** The item of a job that was refused before anything was sent. */
export function refusedItem(
	{ context, sanitizer }: ErrorContext,
	error: NodeOperationError,
	group: readonly number[],
): INodeExecutionData {
	const fields = inputFieldsOfRefused(new InputItem(context, group[0], sanitizer));
	return failureItem(context, error, group, fields);
}

/**
 * The item of a failure where the step continues on fail.
 *
 * n8n sends an item to the error output because of its `error`, but then replaces the JSON of every
 * item that still has one by the bare message (WorkflowExecute, normalizeNodeErrors). Between the two
 * it copies the item. So `error` is set for the error output only, and in a way that is not copied.
 */
function failureItem(
	context: IExecuteFunctions,
	error: NodeApiError | NodeOperationError,
	group: readonly number[],
	fields: IDataObject,
	known: IDataObject = {},
): INodeExecutionData {
	const details = error.description ?? undefined;
	const item: INodeExecutionData = {
		json: withInputFields(fields, omitUndefined({ error: error.message, details, ...known })),
		pairedItem: pairedWith(group),
	};
	if (context.getNode().onError === 'continueErrorOutput') {
		Object.defineProperty(item, 'error', { value: error, enumerable: false });
	}
	return item;
}

/**
 * What is known about an image: what was asked for, what the service said, where it failed.
 *
 * @param index position of the image among those of its job, from 0
 */
function resultJson(
	{ sanitizer }: Access,
	{ model, values }: Job,
	result: ImageResult,
	index: number,
): IDataObject {
	const { image } = result;
	const asked = {
		model: image?.model ?? result.model ?? model.id,
		prompt: values.prompt as string,
	};
	return omitUndefined({ ...asked, ...describeImage(sanitizer, result, index) });
}

/** The URL is last, because its hundreds of characters would push everything else out of sight. */
function describeImage(
	sanitizer: Sanitizer,
	{ image, dimensions, failure }: ImageResult,
	index?: number,
): IDataObject {
	const link = image?.link;
	return {
		seed: image?.seed,
		index,
		width: dimensions?.width,
		height: dimensions?.height,
		inferenceSeconds: image?.inferenceSeconds,
		...(failure && { status: failure.status, code: failure.code }),
		traceId: sanitizer.traceId(failure?.traceId ?? image?.traceId),
		urlExpiresAt: link && isoTime(link.expiresAt),
		url: link && sanitizer.link(link.url),
	};
}

/** What describes an image that was made, so that no field of the input may stand in for it. */
const IMAGE_FIELDS = Object.keys(describeImage(WITHOUT_KEY, {}));

/** The fields of the input before ours. Ours win, also where nothing is known about the image. */
function withInputFields(fields: IDataObject, ours: IDataObject): IDataObject {
	const others = Object.entries(fields).filter(
		([name]) => !Object.hasOwn(ours, name) && !IMAGE_FIELDS.includes(name),
	);
	return { ...Object.fromEntries(others), ...ours };
}

/** Where a job is for several items, its fields are read from the first one. */
function fieldsOf({ item, output }: Job): IDataObject {
	return output.includeInputFields ? inputFields(item) : {};
}

function indexesOf({ items }: Job): number[] {
	return items.map(({ index }) => index);
}

function pairedWith(group: readonly number[]): INodeExecutionData['pairedItem'] {
	const pairs = group.map((item) => ({ item }));
	return pairs.length === 1 ? pairs[0] : pairs;
}

/** Leaves out keys without a value, because n8n's storage would drop them anyway. */
function omitUndefined(json: IDataObject): IDataObject {
	return Object.fromEntries(Object.entries(json).filter(([, value]) => value !== undefined));
}

/**
 * Fields that are not carried on, because n8n takes them for more than data:
 * - `error` in the first item makes "Retry On Fail" run the whole step again (WorkflowExecute,
 *   checkFailure)
 * - `_files` holds the files of items in binary mode "combined". Files are not carried on, and one
 *   that is no object ends the run after the images were paid for (convertBinaryData)
 * - `__proto__` would become the prototype where an object is copied field by field
 */
const LEFT_OUT: readonly string[] = ['error', '_files', '__proto__'];

/** The fields of an item's own JSON that may stand beside those of the output. */
function inputFields(item: InputItem): IDataObject {
	return Object.fromEntries(Object.entries(item.json).filter(([name]) => !LEFT_OUT.includes(name)));
}

/**
 * The same for an item that could not be read, if it asks for them.
 *
 * @returns no fields if the option is off or cannot be read either
 */
function inputFieldsOfRefused(item: InputItem): IDataObject {
	try {
		const isIncluded = asSwitch(item.parameter('options.includeInputFields', false)) === true;
		return isIncluded ? inputFields(item) : {};
	} catch {
		return {};
	}
}
