/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { Simulator } from '../../simulator';

export interface RawAnswer {
	status: number;
	headers: IncomingHttpHeaders;
	body: Buffer;
}

/** Sends one request with its target byte for byte. Rejects when the answer is cut off. */
export async function send(
	simulator: Simulator,
	method: string,
	target: string,
	headers: Record<string, string> = {},
	body?: string,
): Promise<RawAnswer> {
	const { hostname, port } = new URL(simulator.origin);
	return await new Promise((resolve, reject) => {
		const message = httpRequest({ hostname, port, method, path: target, headers }, (response) => {
			const chunks: Buffer[] = [];
			response.on('data', (chunk: Buffer) => chunks.push(chunk));
			response.on('error', reject);
			response.on('end', () => {
				const { statusCode = 0, headers: answered } = response;
				resolve({ status: statusCode, headers: answered, body: Buffer.concat(chunks) });
			});
		});
		message.on('error', reject);
		message.end(body);
	});
}

/** Requests images with the correct key. */
export async function generate(
	simulator: Simulator,
	body: unknown,
	headers: Record<string, string> = {},
): Promise<RawAnswer> {
	return await send(
		simulator,
		'POST',
		'/v1/images/generations',
		{
			authorization: `Bearer ${simulator.apiKey}`,
			'content-type': 'application/json',
			...headers,
		},
		JSON.stringify(body),
	);
}

export interface GenerationReply {
	images: Array<{ url: string }>;
	data: Array<{ url: string }>;
	timings: { inference: number };
	seed: number;
	shared_id: string;
	created: number;
}

export const json = <Value = GenerationReply>({ body }: RawAnswer) =>
	JSON.parse(body.toString()) as Value;

/** The request target of a link, unchanged. */
export const targetOf = (url: string) => url.slice(url.indexOf('/', 'http://'.length));

/** The images of a reply, downloaded. */
export async function download(simulator: Simulator, answer: RawAnswer): Promise<Buffer[]> {
	const images: Buffer[] = [];
	for (const { url } of json(answer).images) {
		images.push((await send(simulator, 'GET', targetOf(url))).body);
	}
	return images;
}

export const dataUrl = (image: Buffer, type = 'png') =>
	`data:image/${type};base64,${image.toString('base64')}`;

/** A body for a small image, which is quick to draw. */
export const KOLORS = {
	model: 'Kwai-Kolors/Kolors',
	prompt: 'a lighthouse',
	image_size: '160x160',
	seed: 7,
};

/** The smallest valid PNG. */
export const DOT = Buffer.from(
	'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
	'base64',
);
