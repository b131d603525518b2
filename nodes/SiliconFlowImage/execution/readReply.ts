import { parseJson, readImages, linkExpiry } from '../contract/response';
import type { Job } from '../input/readJob';
import {
	failureOfEmptyReply,
	failureOfNoAnswer,
	failureOfReply,
	type Failure,
} from '../transport/failure';
import type { NoAnswer } from '../transport/outcome';
import type { Reply } from '../transport/request';
import type { ReceivedImage } from './imageResult';
import { seedAt } from './sendRequest';
import type { Run } from './run';

/** A reply without an image is shown by its beginning. */
const MAX_WORDS_CHARACTERS = 64 * 1024;

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
): { images: ReceivedImage[] } | { failure: Failure } {
	const { access, options } = run;
	if (outcome.kind !== 'reply') {
		return { failure: failureOfNoAnswer(outcome, { ...options, baseUrl: access.baseUrl }) };
	}
	if (outcome.status < 200 || outcome.status >= 300) {
		return { failure: failureOfReply(outcome, access.sanitizer) };
	}
	const reply = readImages(parseJson(outcome.text));
	if (reply === undefined) {
		const text = access.sanitizer.redact(outcome.text.slice(0, MAX_WORDS_CHARACTERS));
		return { failure: failureOfEmptyReply({ ...outcome, text }, access.sanitizer) };
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
	return { images };
}
