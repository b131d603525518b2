/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The load of a run, the same for the node and the floor. */
export interface Load {
	readonly baseUrl: string;
	readonly apiKey: string;
	readonly items: number;
	readonly concurrency: number;
}

/**
 * The minimum time for the same work: plain fetch (undici) with the same requests and concurrency
 * that writes the images to disk. No checks, no retries, no n8n.
 *
 * @returns milliseconds
 */
export async function runFloor({ baseUrl, apiKey, items, concurrency }: Load): Promise<number> {
	const folder = mkdtempSync(join(tmpdir(), 'bench-floor-'));
	const started = performance.now();
	let next = 0;
	const worker = async () => {
		while (next < items) {
			const prompt = `fox ${next++}`;
			const response = await fetch(`${baseUrl}/images/generations`, {
				method: 'POST',
				headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
				body: JSON.stringify({ model: 'Kwai-Kolors/Kolors', prompt, image_size: '1024x1024' }),
			});
			const { images } = (await response.json()) as { images: Array<{ url: string }> };
			const image = await fetch(images[0].url);
			await writeFile(join(folder, randomUUID()), Buffer.from(await image.arrayBuffer()));
		}
	};
	await Promise.all(Array.from({ length: Math.min(concurrency, items) }, worker));
	const tookMs = performance.now() - started;
	await rm(folder, { recursive: true });
	return tookMs;
}
