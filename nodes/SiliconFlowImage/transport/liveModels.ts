import type { ILoadOptionsFunctions, IN8nHttpFullResponse } from 'n8n-workflow';
import { CREDENTIAL } from '../contract/credential';
import { MODEL_KINDS, type ModelKind } from '../contract/operations';
import { parseJson, readModelIds } from '../contract/response';
import { AS_STREAM, bodyOf, closeBody, Deadline, readBody } from './body';

/** The image models of an account, by the kind that SiliconFlow lists them under. */
export type LiveModels = Readonly<Record<ModelKind, readonly string[]>>;

/** The user waits for the list to open, so a longer wait is of no use. */
const TIMEOUT_MS = 8_000;
/** A hundred models take about 20 kB. */
const LIMITS = { maxMegabytes: 2, isJson: true } as const;
const CACHE_MS = 60_000;
/** Short, so that a corrected credential shows soon, but longer than it takes to type a word. */
const FAILURE_CACHE_MS = 5_000;

const cache = new Map<string, { readonly until: number; readonly models?: LiveModels }>();

/**
 * `GET /models` of the credential's site, once for each kind of image model; with `transport/postImages.ts`
 * one of the two calls that carry the API key. The list is kept for a minute, because the editor asks
 * again with every letter typed into the search.
 *
 * @param account distinguishes one credential from another; not the key
 * @returns undefined when the service gave no list, for any reason
 */
export async function listModels(
	context: ILoadOptionsFunctions,
	baseUrl: string,
	account: string,
): Promise<LiveModels | undefined> {
	const key = `${account} ${baseUrl}`;
	const known = cache.get(key);
	if (known && known.until > Date.now()) return known.models;
	const [textToImage, imageToImage] = await Promise.all(
		MODEL_KINDS.map(async (kind) => await listOne(context, baseUrl, kind)),
	);
	const isWhole = textToImage !== undefined && imageToImage !== undefined;
	const models = isWhole
		? { 'text-to-image': textToImage, 'image-to-image': imageToImage }
		: undefined;
	dropExpired(Date.now());
	cache.set(key, { until: Date.now() + (isWhole ? CACHE_MS : FAILURE_CACHE_MS), models });
	return models;
}

function dropExpired(now: number): void {
	for (const [key, { until }] of cache) if (until <= now) cache.delete(key);
}

async function listOne(
	context: ILoadOptionsFunctions,
	baseUrl: string,
	kind: ModelKind,
): Promise<string[] | undefined> {
	const deadline = new Deadline(TIMEOUT_MS);
	try {
		const response = (await context.helpers.httpRequestWithAuthentication.call(
			context,
			CREDENTIAL,
			{
				method: 'GET',
				url: `${baseUrl}/models`,
				qs: { sub_type: kind },
				headers: { accept: 'application/json' },
				timeout: TIMEOUT_MS,
				abortSignal: deadline.signal,
				...AS_STREAM,
			},
		)) as IN8nHttpFullResponse;
		const body = bodyOf(response);
		if (response.statusCode !== 200) {
			closeBody(body.stream, deadline);
			return undefined;
		}
		const read = await readBody(body, LIMITS, deadline);
		return Buffer.isBuffer(read) ? readModelIds(parseJson(read.toString('utf8'))) : undefined;
	} catch {
		return undefined;
	} finally {
		deadline.release();
	}
}
