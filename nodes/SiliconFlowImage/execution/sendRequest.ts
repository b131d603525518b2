import { MAX_NUMBER_OF_IMAGES } from '../contract/fields';
import { imageDimensionsOf } from '../contract/imageHeader';
import type { InlineImage } from '../contract/inlineImage';
import { LABELS } from '../contract/labels';
import { buildBody, seedOfRequest, type RequestBody } from '../contract/request';
import { nearestSize } from '../contract/size';
import type { Job } from '../input/readJob';
import { isAmbiguous } from '../transport/attempt';
import { encodeBody, postImagesGeneration, type EncodedBody } from '../transport/postImages';
import type { ImageOrder } from './generateImages';
import type { Run } from './runState';

/** A request that is about to leave. */
export interface LeavingRequest {
	/** What it sends of the input images, in their order. */
	readonly inputs: ReadonlyArray<InlineImage | string>;
	/** What is said beside the output about its images. */
	readonly hints: readonly string[];
}

/**
 * How the images of a job are requested. Its input images are loaded just before a request leaves, and
 * are let go as soon as its body is written.
 *
 * @param onSend called before a request for the images at these positions leaves
 */
export function requestsOf(
	run: Run,
	job: Job,
	shouldStop: () => boolean,
	onSend: (positions: readonly number[], request: LeavingRequest) => Promise<void>,
): Omit<ImageOrder, 'positions' | 'receive'> {
	const { context, access, options, execution } = run;
	const { imagesPerRequest, id } = job.model;
	let inputs: Array<InlineImage | string> = [];
	const load = async () => {
		// Its own list, because an earlier load that was left may still go on.
		const loaded: typeof inputs = [];
		inputs = loaded;
		for (const image of job.images) loaded.push(await image.load(shouldStop));
		return loaded.reduce((bytes, { length }) => bytes + length, 0);
	};
	return {
		imagesPerRequest: Math.min(imagesPerRequest, options.imagesPerMinute || Infinity),
		limit: run.limitFor(id),
		permitRequest: {
			execution,
			shouldStop,
			load: job.images.length > 0 ? load : undefined,
			unload: () => (inputs = []),
		},
		firstPosition: job.item.index * MAX_NUMBER_OF_IMAGES,
		retryOnTimeout: options.retryOnTimeout,
		send: async (positions) => {
			const { values, hint } = matchInput(job, inputs);
			if (hint !== undefined) run.hintOnce(hint);
			const seed = seedAt(job, positions[0]);
			const body = encodeRequest({ ...job, values }, inputs, positions.length, seed);
			const request = { inputs, hints: hint === undefined ? [] : [hint] };
			// Before anything is waited for, because the next request of the job may load its own.
			inputs = [];
			await onSend(positions, request);
			const outcome = await postImagesGeneration(context, access, body, {
				timeoutMs: options.timeoutMs,
				watermark: job.watermark,
			});
			if (isAmbiguous(outcome)) run.images.noteUnclear();
			return outcome;
		},
	};
}

/**
 * Builds the body of one request.
 *
 * @param images the input images, as they were loaded when the request was about to leave
 * @param count images to ask for, from 1
 * @throws NodeOperationError when the contract is broken; then nothing may be sent
 */
export function encodeRequest(
	job: Job,
	images: ReadonlyArray<InlineImage | string>,
	count: number,
	seed: number | undefined,
): EncodedBody {
	const fields = seed === undefined ? job.values.fields : { ...job.values.fields, seed };
	const body = requestBody({ ...job, values: { ...job.values, fields } }, images, count);
	const names = Object.keys(body).filter((name) => body[name] !== undefined);
	const types = images.map((image) => (typeof image === 'string' ? '' : image.mimeType));
	return { bytes: encodeBody(body), fields: names, imageTypes: types };
}

/**
 * The body of a request. The fields of the node take precedence over the additional ones.
 *
 * @param images the input images, or what stands for them
 * @throws NodeOperationError when the contract is broken; then nothing may be sent
 */
export function requestBody(
	{ item, model, operation, values, additionalFields }: Job,
	images: ReadonlyArray<InlineImage | string>,
	count: number,
): RequestBody {
	const built = buildBody(model, operation, { ...values, count, images });
	if ('violations' in built) {
		// The check before the run rules this out. Should it be wrong, an empty body must not go out.
		return item.refuse(item.describe(built.violations[0]), 'The request was not sent.');
	}
	return { ...additionalFields, ...built.body };
}

/**
 * Seed of a request, or undefined when none was set.
 *
 * @param position of the request's first image among those of the item, from 0
 */
export function seedAt({ values }: Job, position: number): number | undefined {
	const { seed } = values.fields;
	return typeof seed === 'number' ? seedOfRequest(seed, position) : undefined;
}

/** The values of a request, with the size that fits the input image. */
interface Matched {
	readonly values: Job['values'];
	/** Said beside the output where the image has another shape. It is the same for many items. */
	readonly hint?: string;
}

/**
 * Gives a job the recommended size that is nearest in ratio to its first input image. This is done when
 * the request is about to leave, because the image is at hand only then: a waiting job holds no bytes.
 *
 * @param images the input images of the job as they were loaded
 * @returns the values as they are, where the job says the size itself, and without a size, which means
 * the default of the model, where width and height of the image are not known
 */
function matchInput(
	{ item, model, values, matchesInput }: Job,
	[image]: ReadonlyArray<InlineImage | string>,
): Matched {
	if (!matchesInput) return { values };
	const label = `'${LABELS.imageSize}'`;
	const id = item.show(model.id);
	const fallback = `the default size of ${id} was used (${model.size?.sizes[0]})`;
	if (typeof image === 'string') {
		const hint = `${label}: SiliconFlow downloads the image from its URL itself, so its shape is not known here, and ${fallback}`;
		return { values, hint };
	}
	const dimensions = image && imageDimensionsOf(image.bytes);
	const nearest = dimensions && nearestSize(model, dimensions.width / dimensions.height);
	if (nearest === undefined) {
		const hint = `${label}: width and height of an input image could not be read, so ${fallback}`;
		return { values, hint };
	}
	const { size, fits } = nearest;
	if (fits) return { values: { ...values, size } };
	const hint = `${label}: ${id} has no size with the shape of an input image, so the nearest was used (${size})`;
	return { values: { ...values, size }, hint };
}
