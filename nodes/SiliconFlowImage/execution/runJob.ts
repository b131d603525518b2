import { NodeOperationError } from 'n8n-workflow';
import { LABELS } from '../contract/labels';
import { isSuccess, linkExpiry, readImagesReply } from '../contract/response';
import type { Job } from '../input/readJob';
import { failureOf, failureOfGivingUp, failureOfStorage, type Failure } from '../transport/failure';
import type { NoAnswer } from '../transport/outcome';
import { generationsUrl, type Reply } from '../transport/postImages';
import { generateImages, type Received, type RequestEnd } from './generateImages';
import type { ImageResult, ReceivedImage } from './imageResult';
import type { MadeImage } from './runImages';
import type { Run } from './runState';
import { requestsOf, seedAt, type LeavingRequest } from './sendRequest';
import { storeImages } from './storeImage';
import { imageKeysOf, type TakenImages } from './takeImages';

/** What is known about the request for an image when its reply comes. */
type Sent = Omit<MadeImage, 'image'>;

/** Which images of a job are wanted, and until when. */
interface Wanted {
	/** Those that are generated unless they were taken, among those of the job, from 0, in order. */
	readonly positions: readonly number[];
	/** Images that need not be made. One whose link is dead is made all the same. */
	readonly taken?: TakenImages;
	/** Why the job is that of the fallback, where it is. A run that takes its images says so too. */
	readonly fallbackHint?: string;
	/** Called in the slot of the failed request, before anything else can leave. */
	readonly onFailure: () => void;
	/** Whether nothing more may be sent, for a reason that is none of this job. */
	readonly shouldStop: () => boolean;
	/** Whether what a request was for is passed on to another model, so that its end is no failure. */
	readonly passOn?: (end: RequestEnd) => boolean;
}

/**
 * Brings images of one job, and stores them: those that were taken, and those that are generated now.
 * A failure ends the job: nothing more is sent for it, and what is under way is finished.
 *
 * @returns the results by position; a gap where nothing was sent because of a failure before, and for
 * what is passed on
 */
export async function runJob(run: Run, job: Job, wanted: Wanted): Promise<ImageResult[]> {
	const { onFailure, taken = new Map(), fallbackHint, passOn = () => false } = wanted;
	const results: ImageResult[] = [];
	let failed = false;
	const keep = (positions: readonly number[], made: readonly ImageResult[]) => {
		made.forEach((result, i) => (results[positions[i]] = result));
		if (!made.some(({ failure }) => failure)) return;
		failed = true;
		onFailure();
	};
	const sent = new Map<number, Sent>();
	const receive = (end: RequestEnd, positions: readonly number[]): Received => {
		const { length } = positions;
		if (passOn(end)) return { settled: length, stored: Promise.resolve() };
		const images = end.kind === 'notSent' ? [] : imagesOf(run, job, end, positions, sent);
		if ('failure' in images) {
			// A failed request has one result for all its images.
			keep(positions, [{ ...images, requested: length }]);
			return { settled: length, stored: Promise.resolve() };
		}
		const stored = storeOrFail(run, job, images, positions).then((made) => keep(positions, made));
		return { settled: images.length || length, stored };
	};
	const note = async (positions: readonly number[], { inputs, hints }: LeavingRequest) => {
		const keyAt = await imageKeysOf(run, job, async (_image, at) => inputs[at]);
		for (const position of positions) {
			sent.set(position, { key: keyAt?.(position), hints, fallbackHint });
		}
	};
	const isOver = () => failed || wanted.shouldStop();
	const generate = async (positions: readonly number[]) =>
		await generateImages({ ...requestsOf(run, job, isOver, note), positions, receive });

	await Promise.all([
		generate(wanted.positions.filter((position) => !taken.has(position))),
		storeTaken(run, job, taken, keep).then(generate),
	]);
	return results;
}

/**
 * Stores the images that were taken. One whose link is dead is forgotten. It is made after all, unless
 * more images than Maximum Images per Run says would be made.
 *
 * @param keep gets the result of each of the others, with its position
 * @returns the positions of those that are to be made after all, in order
 */
async function storeTaken(
	run: Run,
	job: Job,
	taken: TakenImages,
	keep: (positions: readonly number[], results: readonly ImageResult[]) => void,
): Promise<number[]> {
	const dead: number[] = [];
	const storing = [...taken].map(async ([position, { kept, job: maker }]) => {
		const image = { image: kept.image, isTaken: true };
		const [result] = await storeOrFail(run, maker, [image], [position]);
		if (result.isLinkDead) {
			run.images.forget(kept);
			if (--run.spareImages >= 0) dead.push(position);
			else keep([position], [{ failure: failureOfDeadLink(run) }]);
			return;
		}
		// The model that was the fallback then may be the chosen one now, and the other way round.
		if (maker !== job) {
			if (kept.fallbackHint !== undefined) run.hintOnce(kept.fallbackHint);
			for (const hint of maker.hints) run.hintOnce(hint);
		}
		for (const hint of kept.hints) run.hintOnce(hint);
		keep([position], [result]);
	});
	await Promise.all(storing);
	return dead.sort((one, other) => one - other);
}

function failureOfDeadLink({ options }: Run): Failure {
	const label = `'${LABELS.maxImages}'`;
	return {
		message: `The link to an image that an earlier run had made no longer works, and ${label} is ${options.maxImages}`,
		description: `The image was not made anew. Raise ${label} in '${LABELS.executionOptions}', or use fewer input items.`,
	};
}

/** Stores images. What is thrown meanwhile is their failure, because they exist. */
async function storeOrFail(
	run: Run,
	job: Job,
	images: readonly ReceivedImage[],
	positions: readonly number[],
): Promise<ImageResult[]> {
	return await storeImages(run, job, images, positions).catch((thrown: Error) =>
		images.map(({ image }) => ({
			image,
			failure: failureOfStorage(thrown, image.link !== undefined),
		})),
	);
}

/** The images that a request brought, or why it brought none. */
function imagesOf(
	run: Run,
	job: Job,
	end: Exclude<RequestEnd, { readonly kind: 'notSent' }>,
	positions: readonly number[],
	sent: ReadonlyMap<number, Sent>,
): ReceivedImage[] | { failure: Failure } {
	try {
		if (end.kind === 'answer') return readReply(run, job, end.outcome, positions, sent);
		return {
			failure:
				end.kind === 'thrown'
					? failureOfThrown(end.thrown, end.mayBeSent ?? false)
					: failureOfGivingUp(end, run.sanitizer),
		};
	} catch (thrown) {
		return { failure: failureOfThrown(thrown as Error, true) };
	}
}

/**
 * What was thrown counts against this item only, so that the others' images are not lost. A refusal
 * already explains itself; the request was not sent then.
 *
 * @param mayBeSent whether the request may have left before, and so may have been billed
 */
function failureOfThrown(thrown: Error, mayBeSent: boolean): Failure {
	if (thrown instanceof NodeOperationError) {
		const { message, description } = thrown;
		return { message, description: description ?? 'The request was not sent.' };
	}
	if (!mayBeSent) {
		return {
			message: `The request could not be made: ${thrown.message}`,
			description: 'It was not sent, so no image was made. Check the input of this step.',
		};
	}
	return {
		message: `The item was not finished: ${thrown.message}`,
		description:
			'Something unexpected happened. The image may have been made and billed. Please report this together with your n8n version.',
	};
}

/**
 * What the service's answer brings.
 *
 * @param positions of the images that were asked for, among those of the item, from 0
 * @returns the images, at least one and at most as many as were asked for; or the failure
 */
function readReply(
	run: Run,
	job: Job,
	outcome: Reply | NoAnswer,
	positions: readonly number[],
	sent: ReadonlyMap<number, Sent>,
): ReceivedImage[] | { failure: Failure } {
	const { access, options } = run;
	const isServed = outcome.kind === 'reply' && isSuccess(outcome.status);
	const requestUrl = generationsUrl(access.baseUrl);
	const reply = isServed
		? readImagesReply(outcome.text, { requestUrl, longTexts: outcome.longTexts })
		: undefined;
	if (!isServed || reply === undefined) {
		return { failure: failureOf(outcome, { ...options, ...access }) };
	}
	const now = Date.now();
	const images = reply.images.slice(0, positions.length).map((one): ReceivedImage => {
		const image = {
			model: job.model.id,
			link:
				'url' in one
					? { url: one.url, expiresAt: linkExpiry(one.url, now, outcome.date) }
					: undefined,
			seed: reply.seed ?? seedAt(job, positions[0]),
			inferenceSeconds: reply.inferenceSeconds,
			traceId: outcome.traceId,
		};
		return 'url' in one ? { image } : { image, base64: one.base64 };
	});
	run.images.record(
		images.map(({ image }, i) => ({ hints: [], ...sent.get(positions[i]), image })),
	);
	return images;
}
