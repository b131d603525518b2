import type { RequestBody } from '../nodes/SiliconFlowImage/contract/request';

/**
 * The HTTP calls. Each sends one request once, follows no redirect with the key, and gives back what
 * came. Whether one is sent again is decided by the caller, who knows what may be billed.
 */

/** Where the calls go, with which key. */
export interface Account {
	/** Such as https://api.siliconflow.cn/v1. */
	readonly baseUrl: string;
	readonly apiKey: string;
}

/** An answer, with any status. */
export interface Answer {
	readonly status: number;
	readonly headers: ReadonlyMap<string, string>;
	readonly bytes: Buffer;
	/** From the request until the last byte of the answer. */
	readonly seconds: number;
}

/** Clients wait 120 to 300 seconds for an image; no answer after this is none. */
const TIMEOUT_MS = 300_000;

async function send(url: string, init: RequestInit): Promise<Answer> {
	const began = performance.now();
	const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), ...init });
	const bytes = Buffer.from(await response.arrayBuffer());
	const seconds = (performance.now() - began) / 1000;
	const headers = new Map<string, string>();
	response.headers.forEach((value, name) => headers.set(name, value));
	return { status: response.status, headers, bytes, seconds };
}

const bearer = (apiKey: string) => ({ authorization: `Bearer ${apiKey}` });

/** `GET /models`, which is free. */
export async function getModels({ baseUrl, apiKey }: Account, subType: string): Promise<Answer> {
	return await send(`${baseUrl}/models?sub_type=${subType}`, {
		headers: bearer(apiKey),
		redirect: 'manual',
	});
}

/**
 * `POST /images/generations`, which may be billed whatever comes back.
 *
 * @throws when the answer does not come to its end; nobody knows then whether images were made
 */
export async function postImages(
	{ baseUrl, apiKey }: Account,
	body: RequestBody,
	watermark = true,
): Promise<Answer> {
	return await send(`${baseUrl}/images/generations`, {
		method: 'POST',
		headers: {
			...bearer(apiKey),
			'content-type': 'application/json',
			...(watermark ? {} : { 'x-enable-watermark': '0' }),
		},
		body: JSON.stringify(body),
		redirect: 'manual',
	});
}

/** Downloads an image by its signed link, without the key. */
export async function getImage(link: string): Promise<Answer> {
	return await send(link, {});
}
