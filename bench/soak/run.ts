/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports, no-console */
/**
 * Sends thousands of random jobs through n8n's engine against a simulator with random faults:
 * npm run soak -- --jobs 10000 --seed 1. Exits with 1 when anything is lost, paid twice or leaks.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { randomFrom } from '../../harness/simulatedTime/random';
import { clearStorage } from '../node';
import { emptyTotals, runBatches, type Totals } from './batches';
import { JobFactory } from './jobs';
import { heapMb, KeyWatch, leftBehind, resources, SignalWatch, watchRejections } from './leaks';
import { SoakService } from './service';

/** The most that the heap may grow from a quarter of the jobs to all of them, in MB. */
const MAX_GROWTH_MB = 12;
/** Problems that are printed of each kind. */
const SHOWN = 10;
/** What n8n's engine, its loader and the HTTP client set up once is no leak. */
const WARM_UP_JOBS = 300;

function readArgs() {
	const { values } = parseArgs({
		options: { jobs: { type: 'string', default: '10000' }, seed: { type: 'string' } },
	});
	const jobs = Number(values.jobs);
	const seed = Number(values.seed ?? randomInt(1_000_000));
	if (!Number.isInteger(jobs) || jobs < 4 || !Number.isInteger(seed)) {
		throw new Error('--jobs must be a whole number from 4, and --seed a whole number.');
	}
	return { jobs, seed };
}

async function main(): Promise<void> {
	const { jobs, seed } = readArgs();
	console.log(
		`${jobs} jobs, seed ${seed} (repeat with: npm run soak -- --jobs ${jobs} --seed ${seed})`,
	);
	const rejections = watchRejections();
	const keys = new KeyWatch();
	const signals = new SignalWatch();
	const random = randomFrom(seed);
	const factory = new JobFactory(random);
	const wrong: string[] = [];
	const share = async (count: number, totals: Totals) => {
		const service = new SoakService();
		await runBatches({ service, factory, random, keys, signals, totals }, count);
		await service.stop();
		await clearStorage();
	};

	await share(WARM_UP_JOBS, emptyTotals(wrong));
	const totals = emptyTotals(wrong);
	const before = resources();
	const started = performance.now();
	const heap: number[] = [];
	for (let quarter = 1; quarter <= 4; quarter++) {
		await share(Math.floor((jobs * quarter) / 4) - totals.jobs, totals);
		heap.push(await heapMb());
		const seconds = (performance.now() - started) / 1000;
		console.log(`${quarter * 25} %: ${seconds.toFixed(0)} s, heap ${heap.at(-1)!.toFixed(1)} MB`);
	}

	const growth = heap[3] - heap[0];
	const left = await leftBehind(before);
	const { wrong: problems, ...counts } = totals;
	console.table(counts);
	const checks: Array<[name: string, problems: readonly string[]]> = [
		['nothing is lost, paid twice or wrong', problems],
		['the key is seen nowhere', keys.seen],
		['no handle and no listener of the process is left', left],
		[
			'no listener on a cancel signal is left',
			Object.keys(signals.left).length === 1 && signals.left[0]
				? []
				: [JSON.stringify(signals.left)],
		],
		[
			`the heap grows by at most ${MAX_GROWTH_MB} MB from 25 % to 100 % (${growth.toFixed(1)} MB)`,
			growth <= MAX_GROWTH_MB ? [] : [`${growth} MB`],
		],
		['no rejection is unhandled', rejections],
	];
	for (const [name, problems] of checks) {
		console.log(`${problems.length === 0 ? 'ok    ' : 'FAILED'} ${name}`);
		for (const problem of problems.slice(0, SHOWN)) console.log(`       ${problem.slice(0, 300)}`);
		if (problems.length > SHOWN) console.log(`       and ${problems.length - SHOWN} more`);
		if (problems.length > 0) process.exitCode = 1;
	}
}

main().then(
	// A timer of n8n's engine would keep the process alive.
	() => process.exit(),
	(thrown: Error) => {
		console.error(thrown);
		process.exit(1);
	},
);
