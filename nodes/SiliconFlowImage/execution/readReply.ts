import { linkExpiry } from '../contract/linkExpiry';
import { parseJson, readImages } from '../contract/response';
import type { Job } from '../input/readJob';
import {
	failureOfEmptyReply,
	failureOfNoAnswer,
	failureOfReply,
	type Failure,
} from '../transport/failure';
import type { NoAnswer } from '../transport/outcome';
import type { Reply } from '../transport/request';
import type { GeneratedImage } from './imageResult';
import { seedAt } from './requestBody';
import type { Run } from './run';

/**
 * What the service's answer brings.
 *
 * @param positions of the images that were asked for, among those of the item, from 0
 * @returns the images, at least one and at most as many as were asked for; or the failure
 */
export function readReply(
	run: Run,
	job: Job,
	outcome: Reply | NoAnswer,
	positions: readonly number[],
): { images: GeneratedImage[] } | { failure: Failure } {
	if (outcome.kind !== 'reply') return { failure: failureOfNoAnswer(outcome, run.options) };
	if (outcome.status < 200 || outcome.status >= 300) return { failure: failureOfReply(outcome) };
	const reply = readImages(parseJson(outcome.text));
	if (reply === undefined) return { failure: failureOfEmptyReply(outcome) };
	const now = Date.now();
	const urls = reply.urls.slice(0, positions.length);
	if (urls.length < positions.length) run.limitFor(job.model.id).batches.disable(now);
	const images = urls.map((url) => ({
		url,
		expiresAt: linkExpiry(url, now),
		seed: reply.seed ?? seedAt(job, positions[0]),
		inferenceSeconds: reply.inferenceSeconds,
		traceId: outcome.traceId,
	}));
	run.recordImages(images);
	return { images };
}
