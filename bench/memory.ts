/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports */
import { randomBytes } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { sleep, type INodeParameters } from 'n8n-workflow';
import type { Item } from '../harness/engine/engine';
import { clearStorage, openNode, runNode, workflowOf } from './node';
import { inOwnProcess, startService } from './ownProcess';
import { median, type Measured } from './time';

/** Peak resident memory. Everything is measured in a new process, which runs this file. */

const MB = 1024 * 1024;
const WITH_GC = ['--import', 'tsx', '--expose-gc'];

/** An edit with three input images. */
const LARGE_EDIT: INodeParameters = {
	operation: 'edit',
	model: { __rl: true, mode: 'list', value: 'Qwen/Qwen-Image-Edit-2509' },
	images: { image: [{ source: 'binary', binaryPropertyName: 'a,b,c' }] },
};

/** An item with three images for it. */
function largeEditItem(megabytes = 8): Item {
	return {
		json: { i: 0 },
		files: Object.fromEntries(
			['a', 'b', 'c'].map((name) => [name, { bytes: bigPng(megabytes * MB) }]),
		),
	};
}

/** Random bytes with a PNG header; with imageBytes the simulator does not decode inputs. */
function bigPng(bytes: number): Buffer {
	const head = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
	return Buffer.concat([head, randomBytes(bytes - head.length)]);
}

/** The largest resident memory of this process so far, in MB. */
const peakMb = () => process.resourceUsage().maxRSS / 1024;

/** A run whose memory is measured. */
interface Work {
	readonly imageBytes: number;
	readonly items: number;
	readonly concurrency: number;
	readonly parameters: INodeParameters;
	readonly inputs?: () => Item[];
}

/** What n8n pays for images that are as large as they may be, or nearly. */
interface LargeCase extends Work {
	readonly name: string;
	/** The most memory above idle, in MB. */
	readonly targetMb: number;
}

interface Grown {
	/** Peak resident memory above idle. */
	readonly mb: number;
	/** The longest time in which n8n could do nothing else, in milliseconds. */
	readonly blockMs: number;
}

const DOWNLOADED = 12 * MB;
const EDITED_MB = 20;

export const LARGE_CASES: Readonly<Record<string, LargeCase>> = {
	editing: {
		name: 'edit with three 20 MB inputs, the most that is allowed',
		...{ imageBytes: 200_000, items: 1, concurrency: 1, parameters: LARGE_EDIT, targetMb: 250 },
		inputs: () => [largeEditItem(EDITED_MB)],
	},
	few: {
		name: '12 replies with four 12 MB images, concurrency 3',
		...{ imageBytes: DOWNLOADED, items: 12, concurrency: 3, targetMb: 200 },
		parameters: { numberOfImages: 4 },
	},
	many: {
		name: '25 replies with four 12 MB images, concurrency 100',
		...{ imageBytes: DOWNLOADED, items: 25, concurrency: 100, targetMb: 300 },
		parameters: { numberOfImages: 4 },
	},
};

/** Measures a run in this process, which must be a new one. */
async function grow(wanted: Work): Promise<Grown> {
	const { imageBytes, items, concurrency, parameters, inputs } = wanted;
	const service = await startService({ imageBytes });
	try {
		const engine = await openNode(service);
		await runNode(engine, { items: 1, concurrency: 1 });
		const given = inputs?.() ?? Array.from({ length: items }, (_, i) => ({ json: { i } }));
		const images = items * Number(parameters.numberOfImages ?? 1);
		global.gc?.();
		const before = process.memoryUsage.rss() / MB;
		const delay = monitorEventLoopDelay({ resolution: 1 });
		delay.enable();
		await runNode(engine, { items: images, concurrency }, parameters, given);
		return { mb: peakMb() - before, blockMs: delay.max / 1e6 };
	} finally {
		service.stop();
		await clearStorage();
	}
}

/** Peak resident memory, in MB, of a process that makes this many images of 4 MB. */
async function peakOfMaking(items: number): Promise<number> {
	const service = await startService({ imageBytes: 4 * MB, latencyMs: 20 });
	try {
		const engine = await openNode(service);
		await runNode(engine, { items, concurrency: 4 });
		return peakMb();
	} finally {
		service.stop();
		await clearStorage();
	}
}

/** Peak resident memory above idle, in MB, of an edit with three images of 8 MB. */
async function growthOfEditing(): Promise<number> {
	const { mb } = await grow({
		...{ imageBytes: 200_000, items: 1, concurrency: 1, parameters: LARGE_EDIT },
		inputs: () => [largeEditItem()],
	});
	return mb;
}

const EXECUTIONS = 20;
const WAIT_MS = 60_000;
const SAMPLE_MS = 500;
/** Base64 in JSON takes a third more than the image, and while it is built the image is there, too. */
const REQUEST_MB = (3 * 8 * 7) / 3;

/** Memory above idle, in MB. */
interface Held {
	/** Peak resident memory. */
	readonly peakMb: number;
	/** Buffers: the median of all samples, and the largest. */
	readonly buffersMb: number;
	readonly mostBuffersMb: number;
}

/**
 * What is held while executions wait for a rate limit, each with an edit of three 8 MB images. The
 * limit is used up before they start, and they are cancelled while it is.
 */
async function heldByWaiting(): Promise<Held> {
	const limit = { images: 2, perMs: 600_000 };
	const service = await startService({ imageBytes: 200_000, limit });
	try {
		const engine = await openNode(service);
		const item = largeEditItem();
		const idleBuffers = process.memoryUsage().arrayBuffers;
		for (let i = 0; i < limit.images; i++) {
			await runNode(engine, { items: 1, concurrency: 1 }, LARGE_EDIT, [item]);
		}
		global.gc?.();
		const idle = process.memoryUsage.rss();
		const cancels: Array<() => void> = [];
		const runs = Array.from({ length: EXECUTIONS }, async () => {
			const onStart = (cancel: () => void) => void cancels.push(cancel);
			return await engine.run(workflowOf(LARGE_EDIT), { items: [item], onStart });
		});
		const buffers: number[] = [];
		for (let ms = 0; ms < WAIT_MS; ms += SAMPLE_MS) {
			await sleep(SAMPLE_MS);
			global.gc?.();
			buffers.push((process.memoryUsage().arrayBuffers - idleBuffers) / MB);
		}
		for (const cancel of cancels) cancel();
		for (const { status } of await Promise.all(runs)) {
			if (status !== 'canceled') throw new Error(`An execution did not wait: ${status}`);
		}
		return {
			peakMb: peakMb() - idle / MB,
			buffersMb: Math.max(0, median(buffers)),
			mostBuffersMb: Math.max(...buffers),
		};
	} finally {
		service.stop();
		await clearStorage();
	}
}

export async function measureLarge(key: string): Promise<Measured> {
	const { name, targetMb } = LARGE_CASES[key];
	const { mb, blockMs } = await inOwnProcess<Grown>(__filename, ['large', key], WITH_GC);
	return {
		name: `${name}, peak memory above idle`,
		node: `${mb.toFixed(0)} MB`,
		floor: '-',
		result: `${mb.toFixed(0)} MB, longest block ${blockMs.toFixed(0)} ms`,
		target: `<= ${targetMb} MB`,
		met: mb <= targetMb,
	};
}

export async function measureMemoryOfItems(): Promise<Measured> {
	const [few, many] = [
		await inOwnProcess<number>(__filename, ['making', '20']),
		await inOwnProcess<number>(__filename, ['making', '200']),
	];
	return {
		name: 'peak memory, 200 items against 20 of 4 MB, concurrency 4',
		node: `${many.toFixed(0)} MB`,
		floor: `${few.toFixed(0)} MB (20 items)`,
		result: `${(many - few).toFixed(0)} MB more`,
		target: '<= 40 MB more',
		met: many - few <= 40,
	};
}

export async function measureMemoryOfEdit(): Promise<Measured> {
	const bodyMb = (3 * 8 * 4) / 3;
	const grown = await inOwnProcess<number>(__filename, ['editing']);
	return {
		name: 'edit with three 8 MB inputs, peak memory above idle',
		node: `${grown.toFixed(0)} MB`,
		floor: `${bodyMb.toFixed(0)} MB (request body)`,
		result: `${(grown / bodyMb).toFixed(2)} x body`,
		target: '<= 4 x body',
		met: grown / bodyMb <= 4,
	};
}

export async function measureMemoryOfWaiting(): Promise<Measured> {
	const held = await inOwnProcess<Held>(__filename, ['waiting'], WITH_GC);
	const { peakMb: peak, buffersMb, mostBuffersMb } = held;
	return {
		name: `${EXECUTIONS} executions waiting, each an edit with three 8 MB inputs, memory above idle`,
		node: `${peak.toFixed(0)} MB at the peak`,
		floor: `${REQUEST_MB.toFixed(0)} MB (one request)`,
		result: `buffers: median ${buffersMb.toFixed(0)} MB, most ${mostBuffersMb.toFixed(0)} MB`,
		target: '<= 150 MB; buffers: median 0 MB, most one request',
		met: peak <= 150 && Math.round(buffersMb) === 0 && Math.round(mostBuffersMb) <= REQUEST_MB,
	};
}

if (require.main === module) {
	const [what, argument] = process.argv.slice(2);
	const measures: Readonly<Record<string, () => Promise<unknown>>> = {
		large: async () => await grow(LARGE_CASES[argument]),
		making: async () => await peakOfMaking(Number(argument)),
		editing: growthOfEditing,
		waiting: heldByWaiting,
	};
	void measures[what]().then((result) => process.send?.(result, () => process.exit(0)));
}
