import { runFloor, type Load } from './floor';
import { clearStorage, openNode, runNode } from './node';
import { startService } from './service';

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

/** The middle one, or the upper of the two in the middle. */
export function median(values: readonly number[]): number {
	return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
