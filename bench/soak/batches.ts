import { randomBytes } from 'node:crypto';
import type { IExecuteFunctions } from 'n8n-workflow';
import { createEngine } from '../../harness/engine/engine';
import { openNode, workflowOf } from '../node';
import { auditExecution, auditSecondRun, outcomeOf, type Outcome } from './audit';
import type { JobFactory, Site, SoakExecution } from './jobs';
import type { KeyWatch, SignalWatch } from './leaks';
import type { SoakService } from './service';

export interface Totals {
	jobs: number;
	executions: number;
	requests: number;
	/** Images that the service made and billed. */
	made: number;
	/** Those that came out as files, and those whose link was told. */
	out: number;
	told: number;
	/** Those whose reply a fault ate. */
	eaten: number;
	/** Executions that were run again because they had failed, and images that these took. */
	again: number;
	taken: number;
	faults: number;
	readonly wrong: string[];
}

/** @param wrong takes what goes wrong */
export function emptyTotals(wrong: string[]): Totals {
	const counts = { jobs: 0, executions: 0, requests: 0, made: 0, out: 0, told: 0, eaten: 0 };
	return { ...counts, again: 0, taken: 0, faults: 0, wrong };
}

export interface Soak {
	readonly service: SoakService;
	readonly factory: JobFactory;
	readonly random: () => number;
	readonly keys: KeyWatch;
	readonly signals: SignalWatch;
	readonly totals: Totals;
}

/** How many accounts are in use at once, each with so many executions at once. */
const ACCOUNTS = 6;
const EXECUTIONS = 6;
/** A rejection holds back all jobs of a model, for up to a minute. */
const JOBS = { calm: 120, limited: 40 };
const LIMITED_SHARE = 0.2;

/** Runs so many jobs, on one fresh account after another. */
export async function runBatches(soak: Soak, jobs: number): Promise<void> {
	let left = jobs;
	// All batches are planned first, so that they follow from the seed whatever takes how long.
	const batches: Array<() => Promise<void>> = [];
	while (left > 0) {
		const isLimited = soak.random() < LIMITED_SHARE;
		const site = soak.random() < 0.7 ? 'cn' : 'com';
		const executions: SoakExecution[] = [];
		const size = Math.min(left, isLimited ? JOBS.limited : JOBS.calm);
		for (let planned = 0; planned < size; planned += executions.at(-1)!.jobs.length) {
			executions.push(soak.factory.execution(site, isLimited, size - planned));
		}
		left -= size;
		const run = async () => await runBatch(soak, site, isLimited, executions);
		// The slow ones first, so that they do not run alone in the end.
		if (isLimited) batches.unshift(run);
		else batches.push(run);
	}
	await inParallel(ACCOUNTS, batches);
}

async function runBatch(
	{ service, keys, signals, totals }: Soak,
	site: Site,
	isLimited: boolean,
	executions: readonly SoakExecution[],
): Promise<void> {
	const apiKey = `sk-${randomBytes(16).toString('hex')}`;
	keys.add(apiKey);
	const account = await service.open({ site, apiKey, latencyMs: 10 });
	const engine =
		site === 'cn'
			? await openNode({ baseUrl: account.baseUrl, apiKey })
			: await createEngine({
					credentials: {
						siliconFlowImageApi: { region: 'com', url: account.baseUrl, apiKey },
					},
				});
	const outcomes = new Map<SoakExecution, Outcome[]>();
	const runs = executions.map((execution) => async () => {
		const { parameters, onError, items } = execution;
		const workflow = workflowOf(parameters);
		workflow.nodes[1].onError = onError;
		const runOnce = async () => {
			let cancelSignal: AbortSignal | undefined;
			const onTrigger = (context: IExecuteFunctions) => {
				keys.watchLogger(context.logger);
				cancelSignal = context.getExecutionCancelSignal();
			};
			const run = await engine.run(workflow, { items, onTrigger });
			signals.ended(cancelSignal!);
			keys.look('the data of a run', run);
			return await outcomeOf(engine, run);
		};
		const first = await runOnce();
		// As a person does whose run has failed, and as Retry On Fail does.
		outcomes.set(execution, first.error === undefined ? [first] : [first, await runOnce()]);
	});
	await inParallel(EXECUTIONS, runs);

	const ledger = await account.close();
	for (let i = 0; i < ledger.keySeen; i++) keys.seen.push('a request for an image');
	for (const [execution, [first, second]] of outcomes) {
		totals.executions++;
		totals.jobs += execution.jobs.length;
		if (second) {
			totals.again++;
			totals.taken += second.taken;
			totals.wrong.push(...auditSecondRun(execution, first, second, ledger));
		} else totals.wrong.push(...auditExecution(execution, first, ledger, isLimited));
		const { items, paid, more } = second ?? first;
		const files = items.filter(({ hash }) => hash !== undefined).length;
		const links = items.filter(({ url }) => url !== undefined).length - files;
		totals.out += files;
		totals.told += links + paid.length + more;
	}
	for (const { made, handedOver, fault } of ledger.entries) {
		totals.requests++;
		totals.made += made;
		totals.eaten += made - handedOver.length;
		if (fault !== undefined) totals.faults++;
	}
	keys.remove(apiKey);
}

/** Runs all tasks, so many at a time. */
async function inParallel(count: number, tasks: Array<() => Promise<void>>): Promise<void> {
	const left = [...tasks];
	const worker = async () => {
		for (let task = left.shift(); task; task = left.shift()) await task();
	};
	await Promise.all(Array.from({ length: count }, worker));
}
