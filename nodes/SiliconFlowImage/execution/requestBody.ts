import type { InlineImage } from '../contract/inlineImage';
import { buildBody, seedOfRequest } from '../contract/request';
import type { Job } from '../input/readJob';
import { describeViolation } from '../input/values';
import { encodeBody } from '../transport/encodeBody';
import type { Failure } from '../transport/failure';

/**
 * Reads the input images and builds the body of one request. Only when the request has a slot, so
 * that waiting items hold no images.
 *
 * @param count images to ask for, from 1
 * @returns the encoded body, or why there is none; then nothing may be sent
 */
export async function readBody(
	job: Job,
	count: number,
	seed: number | undefined,
): Promise<Buffer | Failure> {
	try {
		const images: Array<InlineImage | string> = [];
		for (const image of job.images) images.push(await image.load());
		const fields = seed === undefined ? job.values.fields : { ...job.values.fields, seed };
		const values = { ...job.values, fields, count, images };
		const built = buildBody(job.model, job.operation, values);
		if ('violations' in built) {
			// The check before the run rules this out. Should it be wrong, an empty body must not go out.
			job.item.refuse(describeViolation(built.violations[0]), 'Nothing was sent for this item.');
		}
		return encodeBody({ ...job.additionalFields, ...built.body });
	} catch (thrown) {
		const { message, description } = thrown as { message: string; description?: string };
		return { message, description: description ?? 'Nothing was sent for this item.' };
	}
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
