import type { InlineImage } from '../contract/inlineImage';
import { buildBody, seedOfRequest } from '../contract/request';
import { parseJson, readFailure, readImages } from '../contract/response';
import { encodeBody } from '../transport/encodeBody';
import {
	failureOfEmptyReply,
	failureOfNoAnswer,
	failureOfReply,
	type Failure,
} from '../transport/failure';
import { postImagesGeneration, type Reply } from '../transport/request';
import { sendPatiently } from '../transport/sendWithRetries';
import { linkExpiry } from '../contract/linkExpiry';
import type { Order } from '../input/readJob';
import { fetchPicture, type Result } from './storeImage';
import type { Run } from './run';

/** One request: which of the item's pictures it is to bring, and its number within the item. */
interface Batch {
	/** Positions of the pictures among those of the item, from 0. */
	readonly positions: readonly number[];
	/** From 0. */
	readonly k: number;
}

/**
 * Makes the pictures of one item: as many a request as the model allows, further requests for the
 * rest, and more where a reply holds fewer than were asked for. Each reply holds at least one, or is
 * a failure, so this ends.
 *
 * @param onFailure called inside the place of the failed request, before anything else can leave
 * @returns the results by position; a gap where nothing was sent because of a failure before
 */
export async function makeImages(run: Run, order: Order, onFailure: () => void): Promise<Result[]> {
	const results: Result[] = [];
	// A request that was refused for its batch_size made nothing, so its number is used again.
	const freeNumbers: number[] = [];
	let nextNumber = 0;
	let failed = false;
	const over = () => failed || run.over();
	let open = Array.from({ length: order.numberOfImages }, (_, position) => position);
	while (open.length > 0 && !over()) {
		const batches = splitUp(open, batchSize(run, order)).map(async (positions) => {
			const batch = { positions, k: freeNumbers.shift() ?? nextNumber++ };
			const ticket = run.takeTicket();
			await run.slots.use(async () => {
				const made = await makeBatch(run, order, batch, ticket, over).catch(unexpected);
				made.forEach((result, i) => (results[positions[i]] = result));
				if (made.length === 0) freeNumbers.push(batch.k);
				if (made.some((result) => result.failure)) {
					failed = true;
					onFailure();
				}
			});
		});
		await Promise.all(batches);
		freeNumbers.sort((a, b) => a - b);
		open = open.filter((position) => results[position] === undefined);
	}
	return results;
}

/** Results for the first of the batch's positions; fewer when the reply holds fewer. */
async function makeBatch(
	run: Run,
	order: Order,
	{ positions, k }: Batch,
	ticket: number,
	over: () => boolean,
): Promise<Result[]> {
	if (over()) return [];
	const { context, access, options } = run;
	const count = positions.length;
	const seed = seedOf(order, k);
	// Before its turn, so that a slow input does not upset the pace; the places bound how many wait.
	const body = await readBody(order, count, seed);
	if (!Buffer.isBuffer(body)) return [{ failure: body }];
	const { maxRetries } = options;
	// A batch that is more than the limit of a minute would never be let in: single requests will.
	const policy = { ...options, maxRetries: count > 1 ? Math.min(1, maxRetries) : maxRetries };
	const outcome = await sendPatiently(
		async () =>
			await postImagesGeneration(context, access.baseUrl, body, {
				timeoutMs: options.timeoutMs,
				watermark: order.watermark,
			}),
		{ ticket, images: count, model: order.model.id },
		run.pace,
		policy,
		over,
	);
	if (outcome.kind === 'notSent') return [];
	if (outcome.kind !== 'reply') {
		return [{ failure: failureOfNoAnswer(outcome, options) }];
	}
	if (count > 1 && maxRetries > 0 && refusesBatches(outcome, run.pace.closedFor(order.model.id))) {
		run.withoutBatches.add(order.model.id);
		return [];
	}
	if (outcome.status < 200 || outcome.status >= 300) {
		return [{ failure: failureOfReply(outcome) }];
	}
	const reply = readImages(parseJson(outcome.text));
	if (reply === undefined) return [{ failure: failureOfEmptyReply(outcome) }];

	const urls = reply.urls.slice(0, count);
	if (urls.length < count) run.withoutBatches.add(order.model.id);
	const now = Date.now();
	const images = urls.map((url) => ({
		url,
		expiresAt: linkExpiry(url, now),
		seed: reply.seed ?? seed,
		inferenceSeconds: reply.inferenceSeconds,
		traceId: outcome.traceId,
	}));
	run.pay(images);
	if (!order.output.download) return images.map((image) => ({ image }));
	return await Promise.all(
		images.map(async (image, i) => await fetchPicture(run, order, image, positions[i])),
	);
}

/** Reads the input images and builds the body; only now, so that waiting items hold none. */
async function readBody(
	order: Order,
	count: number,
	seed: number | undefined,
): Promise<Buffer | Failure> {
	try {
		const images: Array<InlineImage | string> = [];
		for (const image of order.images) images.push(await image.load());
		const fields = seed === undefined ? order.values.fields : { ...order.values.fields, seed };
		const values = { ...order.values, fields, count, images };
		const built = buildBody(order.model, order.operation, values);
		// The check before the run has ruled violations out; the order has not changed since.
		return encodeBody('body' in built ? { ...order.additionalFields, ...built.body } : {});
	} catch (thrown) {
		const { message, description } = thrown as { message: string; description?: string };
		return { message, description: description ?? 'Nothing was sent.' };
	}
}

/** Whatever was not foreseen counts as this item's, so that the others' pictures are not lost. */
function unexpected(thrown: Error): Result[] {
	const description =
		'This was not foreseen. The image may have been made. Please report it with the version of n8n.';
	return [{ failure: { message: `The item was not finished: ${thrown.message}`, description } }];
}

function seedOf({ values }: Order, k: number): number | undefined {
	const { seed } = values.fields;
	return typeof seed === 'number' ? seedOfRequest(seed, k) : undefined;
}

function batchSize(run: Run, { model }: Order): number {
	const { requestsPerMinute } = run.options;
	const most = requestsPerMinute > 0 ? requestsPerMinute : Infinity;
	return run.withoutBatches.has(model.id) ? 1 : Math.min(model.imagesPerRequest, most);
}

/**
 * Whether single requests may get through where this one did not. Release note of 2026-09-30:
 * `batch_size` is gone, though the contract still has it. And a limit counts pictures, so that four
 * at once may be more than it ever lets in.
 */
function refusesBatches({ status, text }: Reply, closed: Reply | undefined): boolean {
	if (status === 429) return closed === undefined;
	if (status !== 400) return false;
	const { code, message } = readFailure(text);
	return code === 20035 || /batch[_ ]?size/i.test(message);
}

function splitUp(positions: readonly number[], size: number): number[][] {
	const starts = positions.filter((_, i) => i % size === 0);
	return starts.map((_, i) => positions.slice(i * size, (i + 1) * size));
}
