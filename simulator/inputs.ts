/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { get } from 'node:http';
import { loadImage } from '@napi-rs/canvas';
import type { Input } from './drawing/image';
import type { Failure } from './http/answer';
import { failures } from './failures';
import { IMAGE_FIELDS } from './validation';

const FETCH_TIMEOUT_MS = 5_000;
const LOOPBACK = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/;

/** The bytes of a base64 data URL, or undefined when the base64 is broken. */
function fromDataUrl(dataUrl: string): Buffer | undefined {
	const base64 = dataUrl.slice(dataUrl.indexOf(',') + 1).trim();
	const bytes = Buffer.from(base64, 'base64');
	const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
	// Node skips characters that are not base64, which shows in the length.
	const whole = bytes.length === Math.floor(((base64.length - padding) * 3) / 4);
	return whole && bytes.length > 0 ? bytes : undefined;
}

async function fetchLoopback(address: string): Promise<Buffer> {
	return await new Promise((resolve, reject) => {
		const request = get(address, { agent: false, timeout: FETCH_TIMEOUT_MS }, (response) => {
			const chunks: Buffer[] = [];
			response.on('data', (chunk: Buffer) => chunks.push(chunk));
			response.on('error', reject);
			response.on('end', () => {
				if (response.statusCode === 200) resolve(Buffer.concat(chunks));
				else reject(new Error(`status ${response.statusCode}`));
			});
		});
		request.on('timeout', () => request.destroy(new Error('timeout')));
		request.on('error', reject);
	});
}

async function isImage(bytes: Buffer): Promise<boolean> {
	return await loadImage(bytes).then(
		() => true,
		() => false,
	);
}

/**
 * Reads and decodes the input images of a request. Returns the failure for the first bad one. A data
 * URL with the wrong type is accepted, as on the live site.
 */
export async function readInputs(
	body: Record<string, unknown>,
): Promise<{ inputs: Input[] } | { failure: Failure }> {
	const inputs: Input[] = [];
	for (const field of IMAGE_FIELDS) {
		const value = body[field];
		if (typeof value !== 'string') continue;
		if (value.startsWith('data:')) {
			const bytes = fromDataUrl(value);
			if (!bytes || !(await isImage(bytes))) return { failure: failures.imageUndecodable };
			inputs.push({ field, bytes });
		} else if (URL.canParse(value) && LOOPBACK.test(new URL(value).hostname)) {
			const bytes = await fetchLoopback(value).catch(() => undefined);
			if (!bytes || !(await isImage(bytes))) return { failure: failures.imageUrlInvalid };
			inputs.push({ field, bytes });
		} else {
			inputs.push({ field, address: value });
		}
	}
	return { inputs };
}
