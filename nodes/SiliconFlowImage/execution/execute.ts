import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { WITHOUT_KEY } from '../contract/sanitize';
import { readAccess } from '../input/access';
import type { Job } from '../input/readJob';
import type { ErrorContext } from '../input/refusal';
import { readExecutionOptions, readItemGroups } from '../input/runOptions';
import {
	apiError,
	countUnsent,
	describeRequest,
	describeStop,
	describeUnsent,
	refusalOf,
	stopDetails,
} from './errors';
import { runJobWithFallback } from './fallback';
import type { ImageResult } from './imageResult';
import { failedImageItem, imageItem, refusedItem } from './outputItems';
import { readJobs, type JobOrRefusal } from './readJobs';
import { Run } from './runState';

/** What came of a job, or of one that was refused. */
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
 * Runs the node: reads and checks every job, then generates the images and outputs them in the order
 * of the items. A job is what one input item asks for, or all of them together. Where the step continues
 * on fail, a refusal of the run as a whole is that of each job.
 *
 * @throws NodeApiError or NodeOperationError at the first failure, unless the step continues on fail;
 * with `itemIndex` unless it concerns the run as a whole. Requests under way are finished first, and
 * the images they made are named.
 */
export async function executeItems(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const inputs = context.getInputData();
	if (inputs.length === 0) return [];
	const continueOnFail = context.continueOnFail();
	const entries: JobOrRefusal[] = [];
	let run: Run;
	let errorContext: ErrorContext = { context, sanitizer: WITHOUT_KEY };
	let groups = inputs.map((_, index) => [index]);
	try {
		groups = readItemGroups(errorContext);
		const access = await readAccess(context);
		errorContext = { context, sanitizer: access.sanitizer };
		run = new Run(context, access, readExecutionOptions(errorContext));
		await readJobs(run, groups, entries);
		run.nameFiles(entries.flatMap((entry) => ('json' in entry ? [] : [entry])));
	} catch (thrown) {
		const refusal = refusalOf(errorContext, thrown);
		if (!continueOnFail) throw refusal;
		return groups.map((group, position) => {
			const entry = entries[position];
			if (entry && 'json' in entry) return entry;
			return refusedItem(errorContext, refusalOf(errorContext, refusal, group[0]), group);
		});
	}

	const outputs = await Promise.all(
		entries.map(async (entry): Promise<Output> => {
			if ('json' in entry) return { items: [entry] };
			const results = await runJobWithFallback(run, entry, () => {
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

/** Says beside the output how long a limit held the run back, where that mattered. */
function showWait(run: Run): void {
	const message = run.waits.hint;
	if (message !== undefined) run.hintOnce(message);
}

/** @param unsent how many images of the job were not requested because of a failure before */
function asItem(run: Run, job: Job, unsent: number) {
	const { index: itemIndex } = job.item;
	return (result: ImageResult, index: number): INodeExecutionData[] => {
		const { image, failure } = result;
		if (failure) {
			const ending = describeRequest(result) + describeUnsent(unsent);
			const error = apiError(run, failure, { itemIndex, ending });
			return [failedImageItem(run, error, job, result, index)];
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
