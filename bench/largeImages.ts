/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { INodeParameters } from 'n8n-workflow';
import type { Item } from '../harness/engine/engine';
import { largeEditItem, LARGE_EDIT, MB, peakMb } from './largeEdit';
import { clearStorage, openNode, runNode } from './node';
import { inOwnProcess } from './ownProcess';
import { startService } from './service';
import type { Measured } from './time';

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
export async function grow(wanted: Work): Promise<Grown> {
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

export async function measureLarge(key: string): Promise<Measured> {
	const { name, targetMb } = LARGE_CASES[key];
	const execArgv = ['--import', 'tsx', '--expose-gc'];
	const { mb, blockMs } = await inOwnProcess<Grown>(__filename, [key], execArgv);
	return {
		name: `${name}, peak memory above idle`,
		node: `${mb.toFixed(0)} MB`,
		floor: '-',
		result: `${mb.toFixed(0)} MB, longest block ${blockMs.toFixed(0)} ms`,
		target: `<= ${targetMb} MB`,
		met: mb <= targetMb,
	};
}

if (require.main === module) {
	void grow(LARGE_CASES[process.argv[2]]).then((result) => {
		if (process.send) process.send(result, () => process.exit(0));
		else process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
	});
}
