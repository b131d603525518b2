/* eslint-disable @n8n/community-nodes/no-restricted-globals */
import { largeEditItem, LARGE_EDIT, MB, peakMb } from './largeEdit';
import { grow } from './largeImages';
import { clearStorage, openNode, runNode } from './node';
import { startService } from './service';
import type { Measured } from './time';
import { inOwnProcess } from './ownProcess';

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

if (require.main === module) {
	const [what, items] = process.argv.slice(2);
	void (what === 'making' ? peakOfMaking(Number(items)) : growthOfEditing()).then((result) => {
		process.send?.(result, () => process.exit(0));
	});
}
