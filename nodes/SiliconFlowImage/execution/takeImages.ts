import type { InlineImage } from '../contract/inlineImage';
import { IMAGE_PLACEHOLDER } from '../input/checkJob';
import { digestOf, type InputImage } from '../input/inputImage';
import type { Job } from '../input/readJob';
import type { Run } from './runState';
import { requestBody } from './sendRequest';
import {
	MIN_LIFE_MS,
	MIN_LIFE_OF_OUTPUT_MS,
	unclaimedImages,
	type ImageKey,
	type KeptImage,
} from './unclaimedImages';

/** An image that an earlier run left. */
export interface TakenImage {
	readonly kept: KeptImage;
	/** The job as the model that made it makes it: the job itself, or that of the fallback. */
	readonly job: Job;
}

/** By the positions among the images of the job that they get now. */
export type TakenImages = ReadonlyMap<number, TakenImage>;

/**
 * Takes what earlier runs of the same step left for such a job, before anything is requested: images of
 * its model, then of the fallback. Its input images are looked at only if something may be there.
 */
export async function takeImages(run: Run, job: Job): Promise<TakenImages> {
	const taken = new Map<number, TakenImage>();
	for (const maker of job.fallback ? [job, job.fallback] : [job]) {
		const keyAt = await keysOfUnclaimed(run, maker);
		if (keyAt === undefined) continue;
		const minLifeMs = minLifeOf(job);
		for (const position of positionsOf(job)) {
			const kept = taken.has(position) ? undefined : run.images.take(keyAt(position), minLifeMs);
			if (kept) taken.set(position, { kept, job: maker });
		}
	}
	return taken;
}

/** How long a link must work for this job to take it, in milliseconds. */
export function minLifeOf({ output }: Job): number {
	return output.download ? MIN_LIFE_MS : MIN_LIFE_OF_OUTPUT_MS;
}

/** The keys of the images of a job, where there may be some. */
async function keysOfUnclaimed(run: Run, job: Job) {
	if (unclaimedImages.size === 0) return undefined;
	const request = await requestHashOf(run, job);
	if (request === undefined || !unclaimedImages.hasFor(request)) return undefined;
	const load = async (image: InputImage) => await image.load(run.shouldStop);
	const keyAt = await run.imageSlots
		.use(async () => await imageKeysOf(run, job, load))
		// The request will say why an input image cannot be had.
		.catch(() => undefined);
	return run.shouldStop() ? undefined : keyAt;
}

/** The positions of all images of a job, from 0. */
export function positionsOf({ numberOfImages }: Job): number[] {
	return Array.from({ length: numberOfImages }, (_, position) => position);
}

/** n8n's IDs for a workflow and an execution that have none. */
export const NO_ID: readonly unknown[] = [undefined, null, '', '__EMPTY__', '__UNKNOWN__'];

const requestHashes = new WeakMap<Job, Promise<string | undefined>>();

/**
 * A hash of everything but the input images that an image depends on: the step, the account, and what
 * is sent. Options that say how the service is called or how an image comes out do not count.
 *
 * @returns undefined where the workflow or the step has no ID, because it could be any
 */
async function requestHashOf(run: Run, job: Job): Promise<string | undefined> {
	const known = requestHashes.get(job) ?? hashRequest(run, job);
	requestHashes.set(job, known);
	return await known;
}

async function hashRequest({ context, access }: Run, job: Job): Promise<string | undefined> {
	const step = [context.getWorkflow().id, context.getNode().id];
	if (step.some((id) => NO_ID.includes(id))) return undefined;
	const { operation, matchesInput, watermark, images } = job;
	const placeholders = images.map(() => IMAGE_PLACEHOLDER);
	const body = requestBody(job, placeholders, 1);
	const account = [access.baseUrl, access.keyHash];
	return await digestOf(
		JSON.stringify([...step, ...account, operation, body, matchesInput, watermark]),
	);
}

/**
 * The keys of the images of a job, each by its position among them, from 0. It counts where a seed is
 * set, because each position has a seed of its own then.
 *
 * @param contentOf gives what is sent of an input image: the image itself, or its URL. It is asked for
 * only where its content is not known otherwise.
 * @returns undefined where it cannot be told what they are made from
 */
export async function imageKeysOf(
	run: Run,
	job: Job,
	contentOf: (image: InputImage, at: number) => Promise<InlineImage | string>,
): Promise<((position: number) => ImageKey) | undefined> {
	const request = await requestHashOf(run, job);
	const inputs = request && (await inputsOf(run, job, contentOf));
	if (request === undefined || inputs === undefined) return undefined;
	const isSeedSet = job.values.fields.seed !== undefined;
	return (position) => ({ request, detail: isSeedSet ? `${inputs} at ${position}` : inputs });
}

/**
 * The input images by their content, so that a file counts as the same when it is stored anew. Of one
 * that the service fetches from its URL the content is not known, and what lies behind a URL may
 * change: it counts as the same within an execution only.
 */
async function inputsOf(
	{ context }: Run,
	{ images }: Job,
	contentOf: (image: InputImage, at: number) => Promise<InlineImage | string>,
): Promise<string | undefined> {
	const digests: string[] = [];
	const executionId = context.getExecutionId();
	for (const [at, image] of images.entries()) {
		const known = await image.digest?.();
		if (known !== undefined) {
			digests.push(known);
			continue;
		}
		const content = await contentOf(image, at);
		const isUrl = typeof content === 'string';
		if (isUrl && NO_ID.includes(executionId)) return undefined;
		digests.push(await digestOf(isUrl ? `${executionId} ${content}` : content.bytes));
	}
	return digests.join(' ');
}
