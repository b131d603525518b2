import type { InlineImage } from '../contract/inlineImage';
import { MAX_NUMBER_OF_IMAGES } from '../contract/fields';
import type { Job } from '../input/readJob';
import { postImagesGeneration } from '../transport/request';
import { sendWithRetries, type SendResult } from '../transport/sendWithRetries';
import { matchInput } from './matchInput';
import { encodeRequest, seedAt } from './requestBody';
import type { Run } from './run';

/** Which images of an item a request is for. */
export interface Wanted {
	/** Their positions among the images of the item, from 0, in order. */
	readonly positions: () => readonly number[];
	/** The request is for the first so many of them only; the others need requests of their own. */
	readonly leaveToOthers: (from: number) => void;
	readonly shouldStop: () => boolean;
}

/** Sends one request when the limits allow it. Its input images are loaded just before. */
export async function sendRequest(run: Run, job: Job, wanted: Wanted): Promise<SendResult> {
	const { context, access, options, execution } = run;
	const { positions, leaveToOthers, shouldStop } = wanted;
	const { imagesPerRequest, id } = job.model;
	const limit = run.limitFor(id);
	const most = Math.min(imagesPerRequest, options.imagesPerMinute || Infinity);
	let inputs: Array<InlineImage | string> = [];
	const load = async () => {
		inputs = [];
		for (const image of job.images) inputs.push(await image.load(shouldStop));
	};
	return await sendWithRetries({
		limit,
		request: {
			execution,
			position: job.item.index * MAX_NUMBER_OF_IMAGES + positions()[0],
			images: () => limit.batches.size(positions().length, most, Date.now()),
			shouldStop,
			load: job.images.length > 0 ? load : undefined,
			loadedBytes: () => inputs.reduce((sum, { length }) => sum + length, 0),
		},
		retryOnTimeout: options.retryOnTimeout,
		send: async (count) => {
			leaveToOthers(count);
			const { values, hint } = matchInput(job, inputs);
			if (hint !== undefined) run.hintOnce(hint);
			const body = encodeRequest({ ...job, values }, inputs, count, seedAt(job, positions()[0]));
			inputs = [];
			return await postImagesGeneration(context, access, body, {
				timeoutMs: options.timeoutMs,
				watermark: job.watermark,
			});
		},
	});
}
