import type { InlineImage } from '../contract/inlineImage';
import { buildBody, seedOfRequest, type RequestBody } from '../contract/request';
import type { Job } from '../input/readJob';
import { describeViolation } from '../input/values';
import { encodeBody } from '../transport/encodeBody';
import type { EncodedBody } from '../transport/request';

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
	const built = buildBody(job.model, job.operation, { ...job.values, fields, count, images });
	if ('violations' in built) {
		// The check before the run rules this out. Should it be wrong, an empty body must not go out.
		return job.item.refuse(
			describeViolation(built.violations[0], job.item.clean),
			'Nothing was sent for this item.',
		);
	}
	const body: RequestBody = { ...job.additionalFields, ...built.body };
	const names = Object.keys(body).filter((name) => body[name] !== undefined);
	return { bytes: encodeBody(body), fields: names };
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
