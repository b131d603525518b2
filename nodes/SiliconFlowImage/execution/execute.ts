import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { LABELS } from '../contract/labels';
import { readAccess } from '../input/access';
import { checkJob } from '../input/checkJob';
import { readExecutionOptions } from '../input/executionOptions';
import { InputItem } from '../input/inputItem';
import { readJob, type Job } from '../input/readJob';
import { refuseRun, type Refusing } from '../input/refusal';
import { cleanWithoutKey } from '../contract/foreignText';
import { countOf } from '../contract/wording';
import { apiError, refusalOf } from './errors';
import { countUnsent, describeRequest, describeStop, describeUnsent, stopDetails } from './extent';
import { generateImages } from './generateImages';
import type { ImageResult } from './imageResult';
import { failureItem, imageItem, resultJson } from './outputItems';
import { Run } from './run';

const MAX_HINTS = 10;

/** An input item as what it asks for, or as the output item that says why it cannot be done. */
type Entry = Job | INodeExecutionData;

/** What came of an entry. */
type Output =
	| { readonly items: INodeExecutionData[] }
	| {
			readonly items: INodeExecutionData[];
			readonly job: Job;
			readonly results: readonly ImageResult[];
			/** How many of its images were not requested. */
			readonly unsent: number;
	  };

/**
 * Runs the node: reads and checks every item, then generates the images and outputs them in the order
 * of the items. Where the step continues on fail, a refusal of the run as a whole is that of each item.
 *
 * @throws NodeApiError or NodeOperationError at the first failure, unless the step continues on fail;
 * with `itemIndex` unless it concerns the run as a whole. Requests under way are finished first, and
 * the images they made are named.
 */
export async function executeItems(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const inputs = context.getInputData();
	if (inputs.length === 0) return [];
	const continueOnFail = context.continueOnFail();
	const entries: Entry[] = [];
	let run: Run;
	let refusing: Refusing = { context, clean: cleanWithoutKey };
	try {
		const access = await readAccess(context);
		refusing = { context, clean: access.clean };
		run = new Run(context, access, readExecutionOptions(refusing));
		await readJobs(run, entries);
		checkMaxImages(run, entries);
		run.nameFiles(entries.flatMap((entry) => ('json' in entry ? [] : [entry])));
	} catch (thrown) {
		const refusal = refusalOf(refusing, thrown);
		if (!continueOnFail) throw refusal;
		return inputs.map((_, index) => {
			const entry = entries[index];
			if (entry && 'json' in entry) return entry;
			return failureItem(context, refusalOf(refusing, refusal, index), index);
		});
	}

	const outputs = await Promise.all(
		entries.map(async (entry): Promise<Output> => {
			if ('json' in entry) return { items: [entry] };
			const results = await generateImages(run, entry, () => {
				if (!continueOnFail) run.stop();
			});
			const unsent = countUnsent(entry.numberOfImages, results);
			const outputItems = results.flatMap(asItem(run, entry, unsent));
			return { job: entry, results, unsent, items: outputItems };
		}),
	);
	showWait(run);
	if (!continueOnFail && !run.cancelled) throwFirstFailure(run, outputs);
	return outputs.flatMap(({ items }) => items);
}

/**
 * Reads and checks every item.
 *
 * @param entries gets one for each item, in order
 * @throws NodeOperationError with `itemIndex` unless the step continues on fail
 */
async function readJobs(run: Run, entries: Entry[]): Promise<void> {
	const { context, access } = run;
	const hints = new Set<string>();
	for (let index = 0; index < context.getInputData().length; index++) {
		try {
			const job = readJob(new InputItem(context, index, run.clean), access);
			const found = await checkJob(job);
			for (const hint of [...job.hints, ...found]) hints.add(hint);
			entries.push(job);
		} catch (thrown) {
			const error = refusalOf(run, thrown, index);
			if (!context.continueOnFail()) throw error;
			entries.push(failureItem(context, error, index));
		}
	}
	showHints(run, [...hints]);
}

/**
 * Refuses the run before anything is sent when it would ask for more images than allowed.
 *
 * @throws NodeOperationError naming both numbers
 */
function checkMaxImages(run: Run, entries: readonly Entry[]): void {
	const { maxImages } = run.options;
	const counts = entries.map((entry) => ('json' in entry ? 0 : entry.numberOfImages));
	const total = counts.reduce((sum, count) => sum + count, 0);
	if (maxImages === 0 || total <= maxImages) return;
	refuseRun(
		run,
		`This run would generate ${countOf(total, 'image')}, but '${LABELS.maxImages}' is ${maxImages}`,
		`Nothing was sent. Use fewer input items, lower '${LABELS.numberOfImages}', or raise '${LABELS.maxImages}' in '${LABELS.executionOptions}'.`,
	);
}

/** Says beside the output how long a limit held the run back, where that mattered. */
function showWait(run: Run): void {
	const message = run.waits.hint;
	if (message !== undefined) run.hintOnce(message);
}

/** Shows hints beside the output; ten at most, because a run may have hundreds of items. */
function showHints(run: Run, hints: string[]): void {
	const shown = hints.slice(0, MAX_HINTS);
	const left = hints.length - shown.length;
	if (left > 0) shown.push(`And ${countOf(left, 'more hint')}`);
	for (const message of shown) run.hintOnce(message);
}

/** @param unsent how many images of the item were not requested because of a failure before */
function asItem(run: Run, job: Job, unsent: number) {
	const { index: itemIndex } = job.item;
	return (result: ImageResult, index: number): INodeExecutionData[] => {
		const { image, failure } = result;
		if (failure) {
			const ending = describeRequest(result) + describeUnsent(unsent);
			const error = apiError(run, failure, { itemIndex, ending });
			return [
				failureItem(run.context, error, itemIndex, resultJson(run.access, job, result, index)),
			];
		}
		return image ? [imageItem(run.access, job, result, index)] : [];
	};
}

/** @throws NodeApiError with `itemIndex`, which says what became of the other images of the run */
function throwFirstFailure(run: Run, outputs: readonly Output[]): void {
	const jobs = outputs.filter((output) => 'job' in output);
	for (const { job, results } of jobs) {
		const result = results.find((each) => each?.failure);
		if (!result?.failure) continue;
		const unsent = jobs.reduce((sum, each) => sum + each.unsent, 0);
		throw apiError(run, result.failure, {
			itemIndex: job.item.index,
			ending: describeRequest(result) + describeStop(run.paidImages, unsent, outputs.length > 1),
			details: stopDetails(run.paidImages),
		});
	}
}
