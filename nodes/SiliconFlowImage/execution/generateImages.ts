import { linkExpiry } from '../contract/linkExpiry';
import { parseJson, readFailure, readImages } from '../contract/response';
import type { Job } from '../input/readJob';
import {
	failureOfEmptyReply,
	failureOfNoAnswer,
	failureOfReply,
	type Failure,
} from '../transport/failure';
import { postImagesGeneration, type Reply } from '../transport/request';
import { sendWithRetries } from '../transport/sendWithRetries';
import type { ImageResult } from './imageResult';
import { readBody, seedAt } from './requestBody';
import type { Run } from './run';
import { storeImage } from './storeImage';

/**
 * Generates the images of one item: as many in a request as the model allows, further requests for
 * the rest, and more where a reply holds fewer images than were asked for. Each reply holds at least
 * one or is a failure, so this ends.
 *
 * @param onFailure called in the slot of the failed request, before anything else can leave
 * @returns the results by position; a gap where nothing was sent because of a failure before
 */
export async function generateImages(
	run: Run,
	job: Job,
	onFailure: () => void,
): Promise<ImageResult[]> {
	const results: ImageResult[] = [];
	let failed = false;
	const shouldStop = () => failed || run.shouldStop();
	let open = Array.from({ length: job.numberOfImages }, (_, position) => position);
	while (open.length > 0 && !shouldStop()) {
		const batches = splitUp(open, batchSize(run, job)).map(async (positions) => {
			const ticket = run.takeTicket();
			await run.semaphore.use(async () => {
				const made = await generateBatch(run, job, positions, ticket, shouldStop).catch(
					unexpectedFailure,
				);
				made.forEach((result, i) => (results[positions[i]] = result));
				if (made.some((result) => result.failure)) {
					failed = true;
					onFailure();
				}
			});
		});
		await Promise.all(batches);
		open = open.filter((position) => results[position] === undefined);
	}
	return results;
}

/**
 * One request.
 *
 * @param positions of the images it asks for, among those of the item, from 0
 * @returns results for the first of the positions; fewer when the reply holds fewer
 */
async function generateBatch(
	run: Run,
	job: Job,
	positions: readonly number[],
	ticket: number,
	shouldStop: () => boolean,
): Promise<ImageResult[]> {
	if (shouldStop()) return [];
	const { context, access, options } = run;
	const count = positions.length;
	const seed = seedAt(job, positions[0]);
	// Read before the request waits for its turn, so that a slow input does not upset the pace. The
	// slots limit how many bodies wait.
	const body = await readBody(job, count, seed);
	if (!Buffer.isBuffer(body)) return [{ failure: body }];
	const { maxRetries } = options;
	// A batch larger than the limit of a minute would never be accepted: single requests will be.
	const policy = { ...options, maxRetries: count > 1 ? Math.min(1, maxRetries) : maxRetries };
	const outcome = await sendWithRetries(
		async () =>
			await postImagesGeneration(context, access.baseUrl, body, {
				timeoutMs: options.timeoutMs,
				watermark: job.watermark,
			}),
		{ ticket, images: count, model: job.model.id },
		run.pace,
		policy,
		shouldStop,
	);
	if (outcome.kind === 'notSent') return [];
	if (outcome.kind !== 'reply') return [{ failure: failureOfNoAnswer(outcome, options) }];
	if (count > 1 && maxRetries > 0 && rejectsBatches(outcome, run.pace.closedFor(job.model.id))) {
		run.withoutBatches.add(job.model.id);
		return [];
	}
	if (outcome.status < 200 || outcome.status >= 300) return [{ failure: failureOfReply(outcome) }];
	const reply = readImages(parseJson(outcome.text));
	if (reply === undefined) return [{ failure: failureOfEmptyReply(outcome) }];

	const urls = reply.urls.slice(0, count);
	if (urls.length < count) run.withoutBatches.add(job.model.id);
	const now = Date.now();
	const images = urls.map((url) => ({
		url,
		expiresAt: linkExpiry(url, now),
		seed: reply.seed ?? seed,
		inferenceSeconds: reply.inferenceSeconds,
		traceId: outcome.traceId,
	}));
	run.recordImages(images);
	if (!job.output.download) return images.map((image) => ({ image }));
	return await Promise.all(
		images.map(async (image, i) => await storeImage(run, job, image, positions[i])),
	);
}

/** Whatever else is thrown counts against this item only, so that the others' images are not lost. */
function unexpectedFailure(thrown: Error): ImageResult[] {
	const failure: Failure = {
		message: `The item was not finished: ${thrown.message}`,
		description:
			'Something unexpected happened. The image may have been made and billed. Please report this together with your n8n version.',
	};
	return [{ failure }];
}

function batchSize(run: Run, { model }: Job): number {
	const { requestsPerMinute } = run.options;
	const most = requestsPerMinute > 0 ? requestsPerMinute : Infinity;
	return run.withoutBatches.has(model.id) ? 1 : Math.min(model.imagesPerRequest, most);
}

/**
 * Whether single requests may be accepted where this batch was not. The release note of 2026-09-30
 * says that `batch_size` is gone, though the contract still has it. And a limit counts images, so
 * four at once may be more than it ever accepts.
 */
function rejectsBatches({ status, text }: Reply, closed: Reply | undefined): boolean {
	if (status === 429) return closed === undefined;
	if (status !== 400) return false;
	const { code, message } = readFailure(text);
	return code === 20035 || /batch[_ ]?size/i.test(message);
}

function splitUp(positions: readonly number[], size: number): number[][] {
	const starts = positions.filter((_, i) => i % size === 0);
	return starts.map((_, i) => positions.slice(i * size, (i + 1) * size));
}
