import { createHash } from 'node:crypto';
import type { INodeExecutionData, IRun } from 'n8n-workflow';
import type { Engine } from '../../harness/engine/engine';
import type { SoakExecution, SoakJob } from './jobs';
import type { Ledger, LedgerEntry } from './service';

/** What a run of the workflow output, and nothing of what n8n holds on to. */
export interface Outcome {
	readonly items: ReadonlyArray<{
		readonly prompt?: string;
		readonly pairedItem?: number;
		readonly url?: string;
		/** SHA-256 of the image. */
		readonly hash?: string;
		readonly error?: string;
	}>;
	readonly error?: string;
	/** Links in the details of the error, and how many more images it says there are. */
	readonly paid: readonly string[];
	readonly more: number;
	/** How many images it took from a run before, as its hint says. */
	readonly taken: number;
}

export async function outcomeOf(engine: Engine, run: IRun): Promise<Outcome> {
	const out = [...engine.itemsOf(run, 'Image'), ...engine.itemsOf(run, 'Image', 1)];
	const items = await Promise.all(
		out.map(async (item: INodeExecutionData) => {
			const { prompt, url, error } = item.json as Record<string, string | undefined>;
			const hash = item.binary && sha256(await engine.bytesOf(item));
			const { item: pairedItem } = item.pairedItem as { item: number };
			return { prompt, url, error, hash, pairedItem };
		}),
	);
	const { error } = run.data.resultData;
	const data = error && 'context' in error ? error.context.data : undefined;
	const { images = [], more = 0 } = (data ?? {}) as { images?: [{ url: string }]; more?: number };
	const hints = run.data.resultData.runData.Image?.[0].hints ?? [];
	const taken = hints.map(({ message }) => /^(\d+) of these images w/.exec(message)?.[1] ?? 0);
	return {
		items,
		error: error?.message,
		paid: images.map(({ url }) => url),
		more,
		taken: sum(taken.map(Number)),
	};
}

const isTimeout = (message?: string) => message?.includes('did not answer within') === true;
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/**
 * What is wrong with an execution: an image that the service handed over and that neither came out
 * nor was told, one that was made for nothing, or one that came out wrong.
 *
 * @param isLimited whether the service rejected requests on this account, so that jobs without a fault
 * of their own may fail too
 */
export function auditExecution(
	{ jobs, onError, retryOnTimeout }: SoakExecution,
	{ items, error, paid, more }: Outcome,
	{ entries, hashes }: Ledger,
	isLimited: boolean,
): string[] {
	const wrong: string[] = [];
	const own = (job: SoakJob) => entries.filter((entry) => entry.job === job.id);
	const handedOver = new Map(
		jobs.flatMap((job, index) =>
			own(job).flatMap((entry) => entry.handedOver.map((link) => [link, { job, index }] as const)),
		),
	);
	const told = [...items.flatMap(({ url }) => url ?? []), ...paid];
	for (const link of told) if (!handedOver.has(link)) wrong.push(`told but not made: ${link}`);
	if (new Set(told).size < told.length) wrong.push('an image came out twice');
	const missing = handedOver.size - told.length - more;
	if (missing < 0 || (missing > 0 && missing > tooLate(jobs.flatMap(own), items, told, error))) {
		wrong.push(`LOST: ${handedOver.size} images were handed over, ${told.length} + ${more} told`);
	}
	for (const { url, hash, prompt, pairedItem } of items) {
		const from = url === undefined ? undefined : handedOver.get(url);
		if (!from) continue;
		if (hash !== undefined && hash !== hashes[url!]) wrong.push(`other bytes than at ${url}`);
		if (prompt !== from.job.prompt || pairedItem !== from.index) wrong.push(`wrong item: ${url}`);
	}
	for (const job of jobs) {
		const made = overpaid(job, own(job), retryOnTimeout);
		if (made > 0) wrong.push(`PAID TWICE: ${made} images too many for ${job.prompt}`);
	}

	if (error !== undefined && onError !== undefined) wrong.push(`stopped although: ${error}`);
	if (error !== undefined) {
		const isExpected = isLimited || isTimeout(error) || jobs.some(({ hasFault }) => hasFault);
		if (!isExpected) wrong.push(`no fault, but ${error}`);
		return wrong;
	}
	for (const job of jobs) {
		const results = items.filter(({ prompt }) => prompt === job.prompt);
		const failed = results.find((item) => item.error !== undefined);
		if (!failed && results.length !== job.images) {
			wrong.push(`${results.length} of ${job.images} images and no error: ${job.prompt}`);
		}
		const isExpected = isLimited || job.hasFault || isTimeout(failed?.error);
		if (failed && !isExpected) wrong.push(`no fault, but ${failed.error}`);
	}
	return wrong;
}

/**
 * What is wrong with an execution that failed and was run again: an image that came out twice or
 * wrong, one that the first run left and that the second neither took nor told, and one that was paid
 * for although it was there. The second run may send again what had an unknown outcome.
 */
export function auditSecondRun(
	{ jobs }: SoakExecution,
	first: Outcome,
	{ items, error, paid, more }: Outcome,
	{ entries, hashes }: Ledger,
): string[] {
	const wrong: string[] = [];
	const told = items.flatMap(({ url }) => url ?? []);
	if (first.items.length > 0) wrong.push('a run that failed has output');
	if (new Set(told).size < told.length) wrong.push('an image came out twice in the second run');
	for (const [index, job] of jobs.entries()) {
		const own = entries.filter((entry) => entry.job === job.id);
		const links = own.flatMap(({ handedOver }) => handedOver);
		for (const { url, hash, prompt, pairedItem } of items) {
			if (url === undefined || !links.includes(url)) continue;
			if (hash !== undefined && hash !== hashes[url]) wrong.push(`other bytes than at ${url}`);
			if (prompt !== job.prompt || pairedItem !== index) wrong.push(`wrong item: ${url}`);
		}
		if (job.isDead) continue;
		const eaten = sum(own.map(({ made, handedOver }) => made - handedOver.length));
		const late = isTimeout(first.error) || isTimeout(error) ? links.length : 0;
		const made = sum(own.map((entry) => entry.made)) - eaten - late - job.images;
		if (made > 0) wrong.push(`PAID TWICE: ${made} images too many in two runs for ${job.prompt}`);
		const named = [...told, ...paid];
		const lost = links.filter((link) => !named.includes(link)).length - more - late;
		if (lost > 0) wrong.push(`LOST: ${lost} images of the first run for ${job.prompt}`);
	}
	return wrong;
}

/**
 * Images made beyond those that were asked for. Not counted are those whose reply was eaten by a fault
 * that leaves out links, or by any fault where the step may repeat such requests.
 */
function overpaid(job: SoakJob, entries: readonly LedgerEntry[], retryOnTimeout: boolean): number {
	const eaten = ({ made, handedOver }: LedgerEntry) => made - handedOver.length;
	const excused = entries.filter(({ fault }) => retryOnTimeout || fault === 'fewer');
	return sum(entries.map(({ made }) => made)) - sum(excused.map(eaten)) - job.images;
}

/**
 * At most so many images were handed over when the step had just stopped waiting, as it says. Where
 * jobs stall, the timeout is short, and a busy machine may be slower than that.
 */
function tooLate(
	entries: readonly LedgerEntry[],
	items: Outcome['items'],
	told: readonly string[],
	error?: string,
): number {
	// An error that ends the run is the first of several, perhaps.
	const timeouts = isTimeout(error)
		? Infinity
		: items.filter((item) => isTimeout(item.error)).length;
	const untold = entries.filter(
		({ handedOver }) => handedOver.length > 0 && !handedOver.some((link) => told.includes(link)),
	);
	return sum(untold.slice(0, timeouts).map(({ handedOver }) => handedOver.length));
}
