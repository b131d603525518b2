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
import { checkMaxImages, readJobs, type JobOrRefusal } from './readJobs';
import { RunImages } from './runImages';
import { Run } from './runState';
import { minLifeOf, takeImages, type TakenImages } from './takeImages';

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
 * Images that the run does not hand out, because it throws or was cancelled, are left to a later one.
 *
 * @throws NodeApiError or NodeOperationError at the first failure, unless the step continues on fail;
 * with `itemIndex` unless it concerns the run as a whole. Requests under way are finished first, and
 * the images they made are named.
 */
export async function executeItems(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const images = new RunImages(context);
	const cancel = context.getExecutionCancelSignal();
	// At once, because whoever stops a run may start the next one before this has come to its end.
	const leave = () => images.leave();
	cancel?.addEventListener('abort', leave);
	try {
		const output = await outputOf(context, images);
		if (!cancel?.aborted) images.handOut();
		return output;
	} finally {
		cancel?.removeEventListener('abort', leave);
		// Nothing is left of what was handed out.
		images.leave();
	}
}

async function outputOf(
	context: IExecuteFunctions,
	images: RunImages,
): Promise<INodeExecutionData[]> {
	const inputs = context.getInputData();
	if (inputs.length === 0) return [];
	const continueOnFail = context.continueOnFail();
	const entries: JobOrRefusal[] = [];
	const taken = new Map<Job, TakenImages>();
	let run: Run;
	let errorContext: ErrorContext = { context, sanitizer: WITHOUT_KEY };
	let groups = inputs.map((_, index) => [index]);
	try {
		groups = readItemGroups(errorContext);
		const access = await readAccess(context);
		errorContext = { context, sanitizer: access.sanitizer };
		run = new Run(context, access, readExecutionOptions(errorContext), images);
		await readJobs(run, groups, entries);
		const jobs = entries.flatMap((entry) => ('json' in entry ? [] : [entry]));
		run.nameFiles(jobs);
		await Promise.all(jobs.map(async (job) => taken.set(job, await takeImages(run, job))));
		checkMaxImages(run, entries);
	} catch (thrown) {
		images.leave();
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
			const results = await runJobWithFallback(run, entry, taken.get(entry) ?? new Map(), () => {
				if (!continueOnFail) run.stop();
			});
			const unsent = countUnsent(entry.numberOfImages, results);
			const outputItems = results.flatMap(asItem(run, entry, unsent));
			return { job: entry, results, unsent, items: outputItems };
		}),
	);
	for (const message of [run.waits.hint, takenHint(images.takenCount), images.triesWarning]) {
		if (message !== undefined) run.hintOnce(message);
	}
	if (!continueOnFail && !run.cancelled) throwFirstFailure(run, outputs);
	return outputs.flatMap(({ items }) => items);
}

/** Says beside the output that images were not made by this run. */
function takenHint(count: number): string | undefined {
	if (count === 0) return undefined;
	return count === 1
		? '1 of these images was made by an earlier run that did not finish, and was not billed again'
		: `${count} of these images were made by an earlier run that did not finish, and were not billed again`;
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
		const minLifeMs = Math.max(...jobs.map((each) => minLifeOf(each.job)));
		const paid = run.images.paid(run.sanitizer, minLifeMs);
		const { triesWarning } = run.images;
		throw apiError(run, result.failure, {
			itemIndex: job.item.index,
			ending: [
				describeRequest(result),
				triesWarning === undefined ? '' : ` ${triesWarning}`,
				describeStop(paid, unsent, outputs.length > 1),
			].join(''),
			details: stopDetails(paid),
		});
	}
}
