import { randomInt } from 'node:crypto';
import { type Answer, type Failure, failureAnswer } from './http/answer';
import { now, wait } from './http/clock';
import { failureAskedFor, failures } from './failures';
import type { FileStore } from './imageStore/files';
import { readInputs } from './inputs';
import type { Limiter } from './limiter';
import { padImage } from './drawing/padding';
import { drawImage, type Input, type ImageFormat } from './drawing/image';
import { type GenerationBody, recipeOf } from './recipe';
import type { LoggedRequest } from './http/requestLog';
import type { Contract, ModelSchema } from './validation';

const LARGEST_SEED = 9_999_999_999;

/** What the generations endpoint is set up with. */
export interface Studio {
	contract: Contract;
	files: FileStore;
	limiter: Limiter;
	retryAfter: boolean;
	latencyMs: number;
	batchSize: 'honoured' | 'ignored' | 'refused';
	replyShape: 'images' | 'data' | 'both';
	format: ImageFormat;
	imageBytes?: number;
	/** The host and port of the image links. */
	linkHost: (request: LoggedRequest) => string;
}

function refusalOf(body: unknown, studio: Studio): Failure | undefined {
	const validation = studio.contract.validate(body);
	if (!validation.valid) return validation.failure;
	const { batch_size: batchSize, prompt } = body as GenerationBody;
	if (batchSize !== undefined && studio.batchSize === 'refused') {
		const message = 'batch_size is no longer supported.';
		return { ...failures.batchSizeInvalid, body: { code: 20035, message, data: null } };
	}
	return failureAskedFor(prompt);
}

function rateLimitOf(count: number, request: LoggedRequest, studio: Studio): Failure | undefined {
	const waitMs = studio.limiter.take(request.headers.authorization ?? '', count);
	if (waitMs === 0) return undefined;
	if (!studio.retryAfter) return failures.rateLimit;
	return { ...failures.rateLimit, headers: { 'retry-after': String(Math.ceil(waitMs / 1000)) } };
}

/** Extra seconds that the prompt asks for with `[slow 5]`. */
function slownessOf(prompt: string): number {
	return Number(/\[slow (\d+(?:\.\d+)?)\]/.exec(prompt)?.[1] ?? 0) * 1000;
}

/** `POST /v1/images/generations`, as a function of the parsed body. */
export function createGenerations(studio: Studio) {
	// In a benchmark every link leads to the same bytes, made once.
	const padded = new Map<ImageFormat, Promise<Buffer>>();

	const publish = (
		body: GenerationBody,
		inputs: Input[],
		seed: number,
		count: number,
		request: LoggedRequest,
	): string[] => {
		const schema = studio.contract.models.get(body.model) as ModelSchema;
		const marked = request.headers['x-enable-watermark'] !== '0';
		const recipe = recipeOf(body, schema, inputs, seed, marked, studio.format);
		const { format } = recipe;
		const { imageBytes } = studio;
		const weight = inputs.reduce(
			(sum, input) => sum + ('bytes' in input ? input.bytes.length : 0),
			0,
		);
		return Array.from({ length: count }, (_, index) => {
			const draw = async () => {
				if (imageBytes === undefined) return await drawImage({ ...recipe, index });
				const image =
					padded.get(format) ??
					drawImage({ ...recipe, index }).then((drawn) => padImage(drawn, format, imageBytes));
				padded.set(format, image);
				return await image;
			};
			return studio.files.put(draw, format, studio.linkHost(request), weight);
		});
	};

	const replyWith = (urls: string[], seed: number, startedAt: number) => {
		const links = urls.map((url) => ({ url }));
		const { replyShape } = studio;
		return {
			...(replyShape === 'data' ? {} : { images: links }),
			timings: { inference: (now() - startedAt) / 1000 },
			seed,
			shared_id: '0',
			...(replyShape === 'images' ? {} : { data: links, created: Math.floor(now() / 1000) }),
		};
	};

	return async (
		request: LoggedRequest,
		body: unknown,
		signal: AbortSignal,
	): Promise<{ reply: unknown } | { refused: Answer }> => {
		const refused = (failure: Failure) => ({ refused: failureAnswer(failure) });
		if (body === undefined) return refused(failures.parameterInvalid);
		const refusal = refusalOf(body, studio);
		if (refusal) return refused(refusal);
		const accepted = body as GenerationBody;
		const asked = Number(accepted.batch_size ?? 1);
		// In a benchmark the inputs are not looked at: decoding them would be most of the work.
		const read = studio.imageBytes === undefined ? await readInputs(accepted) : { inputs: [] };
		if ('failure' in read) return refused(read.failure);
		const overLimit = rateLimitOf(asked, request, studio);
		if (overLimit) return refused(overLimit);

		const startedAt = now();
		await wait(studio.latencyMs + slownessOf(accepted.prompt), signal);
		// Made and billed even when the client has left meanwhile: the service does not stop.
		const count = studio.batchSize === 'ignored' ? 1 : asked;
		request.made = count;
		const seed = Number(accepted.seed ?? randomInt(LARGEST_SEED + 1));
		request.images = publish(accepted, read.inputs, seed, count, request);
		return { reply: replyWith(request.images, seed, startedAt) };
	};
}
