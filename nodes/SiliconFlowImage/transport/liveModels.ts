import type { ILoadOptionsFunctions } from 'n8n-workflow';
import { readModelIds } from '../contract/response';
import { CREDENTIAL } from './request';

/** The image models an account has, by the kind SiliconFlow lists them as. */
export interface LiveModels {
	readonly textToImage: readonly string[];
	readonly imageToImage: readonly string[];
}

/** A list that takes longer than this is of no use to a person who waits for it to open. */
const TIMEOUT_MS = 8_000;
const CACHE_MS = 60_000;
/** Short, so that a mended credential shows at once, but longer than it takes to type a word. */
const FAILURE_CACHE_MS = 5_000;

const cache = new Map<string, { readonly until: number; readonly models?: LiveModels }>();

/**
 * `GET /models` of the credential's site, once for each kind of image model. Kept for a minute, for
 * the editor asks again with every letter typed into the search.
 *
 * @param account what tells one credential from another; not the key
 * @returns undefined when the service gave no list, for whatever reason
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
		['text-to-image', 'image-to-image'].map(
			async (subType) => await listOne(context, baseUrl, subType),
		),
	);
	const isWhole = textToImage !== undefined && imageToImage !== undefined;
	const models = isWhole ? { textToImage, imageToImage } : undefined;
	cache.set(key, { until: Date.now() + (isWhole ? CACHE_MS : FAILURE_CACHE_MS), models });
	return models;
}

async function listOne(
	context: ILoadOptionsFunctions,
	baseUrl: string,
	subType: string,
): Promise<string[] | undefined> {
	try {
		const body: unknown = await context.helpers.httpRequestWithAuthentication.call(
			context,
			CREDENTIAL,
			{
				method: 'GET',
				url: `${baseUrl}/models`,
				qs: { sub_type: subType },
				json: true,
				timeout: TIMEOUT_MS,
				disableFollowRedirect: true,
			},
		);
		return readModelIds(body);
	} catch {
		return undefined;
	}
}
