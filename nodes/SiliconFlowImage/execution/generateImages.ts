import { NodeOperationError } from 'n8n-workflow';
import type { Job } from '../input/readJob';
import { failureOfGivingUp, type Failure } from '../transport/failure';
import type { SendResult } from '../transport/sendWithRetries';
import type { ImageResult } from './imageResult';
import { readReply } from './readReply';
import type { Run } from './run';
import { sendRequest } from './sendRequest';
import { storeImages } from './storeImage';

/**
 * Generates the images of one job: as many in a request as the model allows, further requests for
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
	const keep = (positions: readonly number[], made: readonly ImageResult[]) => {
		made.forEach((result, i) => (results[positions[i]] = result));
		if (!made.some(({ failure }) => failure)) return;
		failed = true;
		onFailure();
	};

	/** Sends a request for these positions, or for the first of them and others for the rest. */
	async function request(wanted: readonly number[]): Promise<void> {
		let own = wanted;
		let requested: number | undefined;
		const others: Array<Promise<void>> = [];
		const leaveToOthers = (from: number) => {
			if (from < own.length) others.push(request(own.slice(from)));
			own = own.slice(0, from);
		};
		const asked = (images: number) => {
			leaveToOthers(images);
			requested = own.length;
		};
		const resultsOf = async (result: SendResult): Promise<ImageResult[]> => {
			if (result.kind === 'notSent') return [];
			if (result.kind === 'thrown') throw result.thrown;
			if (result.kind === 'gaveUp')
				return [{ failure: failureOfGivingUp(result, run.clean), requested }];
			const reply = readReply(run, job, result.outcome, own);
			if ('failure' in reply) return [{ ...reply, requested }];
			leaveToOthers(reply.images.length);
			return await storeImages(run, job, reply.images, own);
		};
		const wantedNow = { positions: () => own, leaveToOthers: asked, shouldStop };
		const result = await sendRequest(run, job, wantedNow);
		try {
			keep(own, await resultsOf(result));
		} catch (thrown) {
			keep(own, [{ failure: failureOfThrown(thrown as Error), requested }]);
		} finally {
			result.release();
		}
		await Promise.all(others);
	}

	await request(Array.from({ length: job.numberOfImages }, (_, position) => position));
	return results;
}

/**
 * What was thrown counts against this item only, so that the others' images are not lost. A refusal
 * already explains itself; nothing was sent then.
 */
function failureOfThrown(thrown: Error): Failure {
	if (thrown instanceof NodeOperationError) {
		const { message, description } = thrown;
		return { message, description: description ?? 'Nothing was sent for this item.' };
	}
	return {
		message: `The item was not finished: ${thrown.message}`,
		description:
			'Something unexpected happened. The image may have been made and billed. Please report this together with your n8n version.',
	};
}
