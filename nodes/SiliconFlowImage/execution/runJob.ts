import { NodeOperationError } from 'n8n-workflow';
import type { Job } from '../input/readJob';
import { failureOfGivingUp, type Failure } from '../transport/failure';
import { generateImages, type Received, type RequestEnd } from './generateImages';
import type { ImageResult } from './imageResult';
import { readReply } from './readReply';
import type { Run } from './run';
import { requestsOf } from './sendRequest';
import { storeImages } from './storeImage';

/**
 * Generates the images of one job and stores them. A failure ends the job: nothing more is sent for it,
 * and what is under way is finished.
 *
 * @param onFailure called in the slot of the failed request, before anything else can leave
 * @returns the results by position; a gap where nothing was sent because of a failure before
 */
export async function runJob(run: Run, job: Job, onFailure: () => void): Promise<ImageResult[]> {
	const results: ImageResult[] = [];
	let failed = false;
	const keep = (positions: readonly number[], made: readonly ImageResult[]) => {
		made.forEach((result, i) => (results[positions[i]] = result));
		if (!made.some(({ failure }) => failure)) return;
		failed = true;
		onFailure();
	};
	/** A failed request has one result for all its images. */
	const fail = (positions: readonly number[], failure: Failure): Received => {
		keep(positions, [{ failure, requested: positions.length }]);
		return { settled: positions.length, stored: Promise.resolve() };
	};
	const take = (end: RequestEnd, positions: readonly number[]): Received => {
		switch (end.kind) {
			case 'notSent':
				return { settled: positions.length, stored: Promise.resolve() };
			case 'thrown':
				return fail(positions, failureOfThrown(end.thrown));
			case 'gaveUp':
				return fail(positions, failureOfGivingUp(end, run.sanitizer));
		}
		const reply = readReply(run, job, end.outcome, positions);
		if ('failure' in reply) return fail(positions, reply.failure);
		const stored = storeImages(run, job, reply.images, positions).then(
			(made) => keep(positions, made),
			(thrown: Error) => void fail(positions, failureOfThrown(thrown)),
		);
		return { settled: reply.images.length, stored };
	};
	const receive = (end: RequestEnd, positions: readonly number[]): Received => {
		try {
			return take(end, positions);
		} catch (thrown) {
			return fail(positions, failureOfThrown(thrown as Error));
		}
	};
	await generateImages({
		...requestsOf(run, job, () => failed || run.shouldStop()),
		numberOfImages: job.numberOfImages,
		receive,
	});
	return results;
}

/**
 * What was thrown counts against this item only, so that the others' images are not lost. A refusal
 * already explains itself; nothing was sent then.
 */
function failureOfThrown(thrown: Error): Failure {
	if (thrown instanceof NodeOperationError) {
		const { message, description } = thrown;
		return { message, description: description ?? 'The request was not sent.' };
	}
	return {
		message: `The item was not finished: ${thrown.message}`,
		description:
			'Something unexpected happened. The image may have been made and billed. Please report this together with your n8n version.',
	};
}
