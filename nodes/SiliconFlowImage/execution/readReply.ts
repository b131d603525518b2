import { isSuccess, linkExpiry, parseJson, readImages } from '../contract/response';
import type { Job } from '../input/readJob';
import { failureOf, type Failure } from '../transport/failure';
import type { NoAnswer } from '../transport/outcome';
import type { Reply } from '../transport/postImages';
import type { ReceivedImage } from './imageResult';
import type { Run } from './runState';
import { seedAt } from './sendRequest';

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
): ReceivedImage[] | { failure: Failure } {
	const isServed = outcome.kind === 'reply' && isSuccess(outcome.status);
	const reply = isServed ? readImages(parseJson(outcome.text)) : undefined;
	if (!isServed || reply === undefined) {
		const { access, options } = run;
		return { failure: failureOf(outcome, { ...options, ...access }) };
	}
	const now = Date.now();
	const sent = reply.images.slice(0, positions.length);
	const images = sent.map((one): ReceivedImage => {
		const image = {
			link: 'url' in one ? { url: one.url, expiresAt: linkExpiry(one.url, now) } : undefined,
			seed: reply.seed ?? seedAt(job, positions[0]),
			inferenceSeconds: reply.inferenceSeconds,
			traceId: outcome.traceId,
		};
		return 'url' in one ? { image } : { image, base64: one.base64 };
	});
	run.recordImages(images.map(({ image }) => image));
	return images;
}
