import type { INodeExecutionData } from 'n8n-workflow';
import { LABELS } from '../contract/labels';
import { formatCount } from '../contract/numbers';
import { asFinite, asRecord } from '../contract/unknownValue';
import { checkJob } from '../input/checkJob';
import { expressionTextHints } from '../input/expressionText';
import { readFallback } from '../input/fallbackJob';
import { InputItem } from '../input/inputItem';
import { readJob, type Job } from '../input/readJob';
import { refuseRun } from '../input/refusal';
import { refusalOf } from './errors';
import { refusedItem } from './outputItems';
import type { Run } from './runState';

const MAX_HINTS = 10;

/** A job, or the output item that says why it cannot be done. */
export type JobOrRefusal = Job | INodeExecutionData;

/**
 * Reads and checks every job.
 *
 * @param groups the positions of the input items of each job
 * @param entries gets one for each job, in order
 * @throws NodeOperationError, with `itemIndex` unless it concerns the run as a whole; one that concerns
 * a job only if the step does not continue on fail
 */
export async function readJobs(
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
export function checkMaxImages(run: Run, entries: readonly JobOrRefusal[]): void {
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

/** Shows hints beside the output; ten at most, because a run may have hundreds of items. */
function showHints(run: Run, hints: string[]): void {
	const shown = hints.slice(0, MAX_HINTS);
	const left = hints.length - shown.length;
	if (left > 0) shown.push(`And ${formatCount(left, 'more hint')}`);
	for (const message of shown) run.hintOnce(message);
}
