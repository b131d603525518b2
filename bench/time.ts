/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clearStorage, openNode, runNode, type Load } from './node';
import { startService } from './ownProcess';

const MB = 1024 * 1024;

export interface TimeCase {
	readonly name: string;
	readonly items: number;
	readonly concurrency: number;
	readonly latencyMs: number;
	readonly imageBytes: number;
	/** The highest acceptable ratio to the floor. */
	readonly target: number;
	readonly rounds: number;
}

export interface Measured {
	readonly name: string;
	readonly node: string;
	readonly floor: string;
	readonly result: string;
	readonly target: string;
	readonly met: boolean;
}

export const TIME_CASES: readonly TimeCase[] = [
	{
		name: '1 item, 500 ms service, 2 MB image',
		...{ items: 1, concurrency: 1, latencyMs: 500, imageBytes: 2 * MB, target: 1.05, rounds: 7 },
	},
	{
		name: '40 items, concurrency 8, 500 ms',
		...{ items: 40, concurrency: 8, latencyMs: 500, imageBytes: 2 * MB, target: 1.1, rounds: 3 },
	},
	{
		name: '40 items, concurrency 40, 300 ms, 1.5 MB',
		...{
			items: 40,
			concurrency: 40,
			latencyMs: 300,
			imageBytes: 1.5 * MB,
			target: 1.15,
			rounds: 7,
		},
	},
];

/** Medians of node and floor, measured alternately in one process after one warm-up round. */
export async function measureTime(timeCase: TimeCase): Promise<Measured> {
	const { name, latencyMs, imageBytes, target, rounds } = timeCase;
	const service = await startService({ latencyMs, imageBytes });
	try {
		const load: Load = { ...timeCase, baseUrl: service.baseUrl, apiKey: service.apiKey };
		const engine = await openNode(load);
		const nodeMs: number[] = [];
		const floorMs: number[] = [];
		for (let round = 0; round <= rounds; round++) {
			const [floor, node] = [await runFloor(load), await runNode(engine, load)];
			if (round === 0) continue;
			floorMs.push(floor);
			nodeMs.push(node);
		}
		const ratio = median(nodeMs) / median(floorMs);
		return {
			name,
			node: `${median(nodeMs).toFixed(0)} ms`,
			floor: `${median(floorMs).toFixed(0)} ms`,
			result: `${ratio.toFixed(3)} x floor`,
			target: `<= ${target} x floor`,
			met: ratio <= target,
		};
	} finally {
		service.stop();
		await clearStorage();
	}
}

/** With a rate limit, the least possible time is the full windows to wait for plus one answer. */
export async function measureLimit(): Promise<Measured> {
	const limit = { images: 10, perMs: 6000 };
	const [items, latencyMs, target] = [30, 500, 1.15];
	const service = await startService({ latencyMs, imageBytes: 200_000, limit });
	try {
		const engine = await openNode(service);
		const tookMs = await runNode(engine, { items, concurrency: 12 });
		const leastMs = (items / limit.images - 1) * limit.perMs + latencyMs;
		const ratio = tookMs / leastMs;
		return {
			name: '10 images per 6 s, 30 items',
			node: `${tookMs.toFixed(0)} ms`,
			floor: `${leastMs} ms (least)`,
			result: `${ratio.toFixed(3)} x least`,
			target: `<= ${target} x least`,
			met: ratio <= target,
		};
	} finally {
		service.stop();
		await clearStorage();
	}
}

/**
 * The minimum time for the same work: plain fetch (undici) with the same requests and concurrency
 * that writes the images to disk. No checks, no retries, no n8n.
 *
 * @returns milliseconds
 */
async function runFloor({ baseUrl, apiKey, items, concurrency }: Load): Promise<number> {
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

/** The middle one, or the upper of the two in the middle. */
export function median(values: readonly number[]): number {
	return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
