import { randomInt } from 'node:crypto';
import { type Answer, type Failure, failureAnswer } from './http/answer';
import { now, wait } from './http/clock';
import { failureAskedFor, failures } from './failures';
import type { FileStore } from './imageStore';
import { readInputs } from './inputs';
import type { Limiter } from './limiter';
import { padImage } from './drawing/padding';
import { drawImage, type Input, type ImageFormat } from './drawing/image';
import { type GenerationBody, recipeOf } from './recipe';
import type { LoggedRequest } from './http/requestLog';
import type { Contract, ModelSchema } from './validation';

const LARGEST_SEED = 9_999_999_999;

/** How the generations endpoint behaves. */
export interface GenerationSettings {
	contract: Contract;
	files: FileStore;
	limiter: Limiter;
	retryAfter: boolean;
	latencyMs: number;
	batchSize: 'honoured' | 'ignored' | 'refused';
	replyShape: 'images' | 'data' | 'both';
	format: ImageFormat;
	blockSize?: number;
	imageBytes?: number;
	/** The host and port of the image links. */
	linkHost: (request: LoggedRequest) => string;
}

function refusalOf(body: unknown, settings: GenerationSettings): Failure | undefined {
	const validation = settings.contract.validate(body);
	if (!validation.valid) return validation.failure;
	const { batch_size: batchSize, prompt } = body as GenerationBody;
	if (batchSize !== undefined && settings.batchSize === 'refused') {
		const message = 'batch_size is no longer supported.';
		return { ...failures.batchSizeInvalid, body: { code: 20035, message, data: null } };
	}
	return failureAskedFor(prompt);
}

function rateLimitOf(
	count: number,
	request: LoggedRequest,
	settings: GenerationSettings,
): Failure | undefined {
	const waitMs = settings.limiter.take(request.headers.authorization ?? '', count);
	if (waitMs === 0) return undefined;
	if (!settings.retryAfter) return failures.rateLimit;
	return { ...failures.rateLimit, headers: { 'retry-after': String(Math.ceil(waitMs / 1000)) } };
}

/** Extra milliseconds, from the seconds that the prompt asks for with `[slow 5]`. */
function extraLatencyOf(prompt: string): number {
	return Number(/\[slow (\d+(?:\.\d+)?)\]/.exec(prompt)?.[1] ?? 0) * 1000;
}

/** `POST /v1/images/generations`, as a function of the parsed body. */
export function createGenerations(settings: GenerationSettings) {
	// With imageBytes, every link leads to the same bytes, drawn once.
	const padded = new Map<ImageFormat, Promise<Buffer>>();

	const publish = (
		body: GenerationBody,
		inputs: Input[],
		seed: number,
		count: number,
		request: LoggedRequest,
	): string[] => {
		const schema = settings.contract.models.get(body.model) as ModelSchema;
		const marked = request.headers['x-enable-watermark'] !== '0';
		const recipe = recipeOf(body, schema, inputs, seed, marked, settings.format);
		const { format } = recipe;
		const { blockSize, imageBytes } = settings;
		const weight = inputs.reduce(
			(sum, input) => sum + ('bytes' in input ? input.bytes.length : 0),
			0,
		);
		// Not below, where the request and its body would stay in memory as long as the image.
		const host = settings.linkHost(request);
		return Array.from({ length: count }, (_, index) => {
			const drawn = async () => await drawImage({ ...recipe, index }, blockSize);
			const draw = async () => {
				if (imageBytes === undefined) return await drawn();
				const image =
					padded.get(format) ?? drawn().then((bytes) => padImage(bytes, format, imageBytes));
				padded.set(format, image);
				return await image;
			};
			return settings.files.put(draw, format, host, weight);
		});
	};

	const replyWith = (urls: string[], seed: number, startedAt: number) => {
		const links = urls.map((url) => ({ url }));
		const { replyShape } = settings;
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
		const refusal = refusalOf(body, settings);
		if (refusal) return refused(refusal);
		const accepted = body as GenerationBody;
		const asked = Number(accepted.batch_size ?? 1);
		// In a benchmark the inputs are not decoded, because that would be most of the work.
		const read = settings.imageBytes === undefined ? await readInputs(accepted) : { inputs: [] };
		if ('failure' in read) return refused(read.failure);
		const overLimit = rateLimitOf(asked, request, settings);
		if (overLimit) return refused(overLimit);

		const startedAt = now();
		await wait(settings.latencyMs + extraLatencyOf(accepted.prompt), signal);
		// Made and billed even if the client has disconnected: the service does not stop.
		const count = settings.batchSize === 'ignored' ? 1 : asked;
		request.made = count;
		const seed = Number(accepted.seed ?? randomInt(LARGEST_SEED + 1));
		request.images = publish(accepted, read.inputs, seed, count, request);
		return { reply: replyWith(request.images, seed, startedAt) };
	};
}
