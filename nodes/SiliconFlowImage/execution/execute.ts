import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { LABELS } from '../contract/labels';
import { formatCount } from '../contract/numbers';
import { WITHOUT_KEY } from '../contract/sanitize';
import { asFinite, asRecord } from '../contract/unknownValue';
import { readAccess } from '../input/access';
import { checkJob } from '../input/checkJob';
import { expressionTextHints } from '../input/expressionText';
import { readFallback } from '../input/fallbackJob';
import { InputItem } from '../input/inputItem';
import { readJob, type Job } from '../input/readJob';
import { refuseRun, type ErrorContext } from '../input/refusal';
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
import { RunImages } from './runImages';
import { Run } from './runState';
import { minLifeOf, takeImages, type TakenImages } from './takeImages';

/** A job, or the output item that says why it cannot be done. */
type JobOrRefusal = Job | INodeExecutionData;

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

/**
 * Reads and checks every job.
 *
 * @param groups the positions of the input items of each job
 * @param entries gets one for each job, in order
 * @throws NodeOperationError, with `itemIndex` unless it concerns the run as a whole; one that concerns
 * a job only if the step does not continue on fail
 */
async function readJobs(
	run: Run,
	groups: ReadonlyArray<readonly number[]>,
	entries: JobOrRefusal[],
): Promise<void> {
	const { context, access } = run;
	const hints = new Set<string>(expressionTextHints(run));
	for (const group of groups) {
		try {
			const isCombined = group.length > 1;
			const items = group.map((index) => new InputItem(context, index, run.sanitizer, isCombined));
			const job = readJob(items, access);
			const found = await checkJob(job, access);
			const fallback = readFallback(job, access);
			for (const hint of [...job.hints, ...found, ...fallback.hints]) hints.add(hint);
			entries.push({ ...job, fallback: fallback.job });
		} catch (thrown) {
			const error = refusalOf(run, thrown, itemOf(thrown, group));
			if (!context.continueOnFail()) throw error;
			entries.push(refusedItem(run, error, group));
		}
	}
	showHints(run, [...hints]);
}

/** The item that an exception is about; the first one when it does not say. */
function itemOf(thrown: unknown, group: readonly number[]): number {
	const named = asFinite(asRecord(asRecord(thrown).context).itemIndex);
	return group.find((index) => index === named) ?? group[0];
}

/**
 * Refuses the run before anything is sent when it would ask for more images than allowed. Those that an
 * earlier run left need not be asked for.
 *
 * @throws NodeOperationError naming both numbers
 */
function checkMaxImages(run: Run, entries: readonly JobOrRefusal[]): void {
	const { maxImages } = run.options;
	const counts = entries.map((entry) => ('json' in entry ? 0 : entry.numberOfImages));
	const total = counts.reduce((sum, count) => sum + count, -run.images.takenCount);
	if (maxImages === 0) return;
	run.spareImages = maxImages - total;
	if (total <= maxImages) return;
	const advice = entries.length > 1 ? 'Use fewer input items, lower' : 'Lower';
	refuseRun(
		run,
		`This run would generate ${formatCount(total, 'image')}, but '${LABELS.maxImages}' is ${maxImages}`,
		`Nothing was sent. ${advice} '${LABELS.numberOfImages}', or raise '${LABELS.maxImages}' in '${LABELS.executionOptions}'.`,
	);
}

const MAX_HINTS = 10;

/** Shows hints beside the output; ten at most, because a run may have hundreds of items. */
function showHints(run: Run, hints: string[]): void {
	const shown = hints.slice(0, MAX_HINTS);
	const left = hints.length - shown.length;
	if (left > 0) shown.push(`And ${formatCount(left, 'more hint')}`);
	for (const message of shown) run.hintOnce(message);
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
