import type { IExecuteFunctions } from 'n8n-workflow';
import { LABELS } from '../contract/labels';
import { formatDuration } from '../contract/numbers';
import { refusesModel } from '../contract/rejection';
import { readFailure } from '../contract/response';
import type { Sanitizer } from '../contract/sanitize';
import type { Access } from '../input/access';
import type { Job } from '../input/readJob';
import { statusAndCode } from '../transport/failure';
import type { GaveUp } from '../transport/giveUp';
import type { Reply } from '../transport/postImages';
import { systemClock, type Clock } from '../transport/wait';
import type { RequestEnd } from './generateImages';
import type { ImageResult } from './imageResult';
import { runJob } from './runJob';
import type { Run } from './runState';
import { NO_ID, positionsOf, type TakenImages } from './takeImages';

/**
 * Brings the images of a job: with the model that was chosen and, once that is not available, what is
 * left of them with the fallback, if there is one. It is remembered for the rest of the execution that
 * a model is not available, so that nothing waits for it again.
 *
 * @param taken images that need not be made
 * @param onFailure called in the slot of the failed request, before anything else can leave
 * @returns the results by position; a gap where nothing was sent because of a failure before
 */
export async function runJobWithFallback(
	run: Run,
	job: Job,
	taken: TakenImages,
	onFailure: () => void,
): Promise<ImageResult[]> {
	const { fallback } = job;
	const { shouldStop, sanitizer } = run;
	const positions = positionsOf(job);
	if (!fallback) return await runJob(run, job, { positions, taken, onFailure, shouldStop });

	const model = modelStates.of(run.context, run.access, job.model.id);
	const results = await runJob(run, job, {
		positions: model.unavailable ? [] : positions,
		taken,
		onFailure,
		shouldStop: () => shouldStop() || model.unavailable !== undefined,
		passOn: (end) => model.passesOn(end, sanitizer),
	});
	const left = positions.filter((position) => results[position] === undefined);
	const reason = model.unavailable;
	const hasFailed = results.some((result) => result?.failure);
	if (reason === undefined || hasFailed || left.length === 0) return results;

	const fallbackHint = hintOfFallback(job, fallback, reason);
	const wanted = { positions: left, onFailure, shouldStop, fallbackHint };
	const made = await runJob(run, fallback, wanted);
	if (made.some((result) => result?.image)) {
		for (const hint of [fallbackHint, ...fallback.hints]) run.hintOnce(hint);
	}
	// Gaps stay gaps, because forEach leaves them out.
	made.forEach((result, position) => {
		results[position] = namingBoth(result, job, fallback, reason);
	});
	return results;
}

/** Said beside the output: who made the images, and why. */
function hintOfFallback({ item, model }: Job, fallback: Job, reason: string): string {
	return `'${LABELS.fallbackModel}': ${item.show(fallback.model.id)} was used because ${item.show(model.id)} was not available (${reason})`;
}

/** A result of the fallback. Where there is no image, people need to know of either model. */
function namingBoth(
	result: ImageResult,
	{ item, model }: Job,
	fallback: Job,
	reason: string,
): ImageResult {
	const { image, failure } = result;
	if (image || !failure) return result;
	const message = `${item.show(model.id)} was not available (${reason}). '${LABELS.fallbackModel}' ${item.show(fallback.model.id)}: ${failure.message}`;
	return { ...result, model: fallback.model.id, failure: { ...failure, message } };
}

/** What an execution of n8n knows of a model of an account. All its steps, tries and items share it. */
export class ModelState {
	private reason?: string;

	/** Why the model is not available, as words in parentheses; undefined while it is. */
	get unavailable(): string | undefined {
		return this.reason;
	}

	/**
	 * Whether another model is to make what a request was for: waiting is over, or the refusal is about
	 * the model and nothing else. It is not for an end that another model would not change, such as a
	 * refused prompt or key, nor for one after which the image may exist. Notes why, the first time.
	 */
	passesOn(end: RequestEnd, sanitizer: Sanitizer): boolean {
		const reason = reasonToPassOn(end, sanitizer);
		this.reason ??= reason;
		// One that was about to be sent once more, because it was surely not processed.
		const isUnreachable = end.kind === 'answer' && end.outcome.kind === 'unreachable';
		return reason !== undefined || (isUnreachable && this.reason !== undefined);
	}
}

/** A reason is part of a message, in which the fallback has its own words. */
const MAX_REASON_CHARACTERS = 200;

function reasonToPassOn(end: RequestEnd, sanitizer: Sanitizer): string | undefined {
	if (end.kind === 'gaveUp') return reasonOfGivingUp(end, sanitizer);
	if (end.kind !== 'answer' || end.outcome.kind !== 'reply') return undefined;
	const { status, text } = end.outcome;
	return refusesModel(status, text) ? reasonOfReply(end.outcome, sanitizer) : undefined;
}

function reasonOfGivingUp(end: GaveUp, sanitizer: Sanitizer): string {
	switch (end.reason) {
		case 'dailyLimit':
			return 'the daily limit of the account is used up';
		case 'retryAfter':
			return `SiliconFlow asks to wait ${formatDuration(end.askedMs)}`;
		case 'deadline':
			return `SiliconFlow accepted no image in ${formatDuration(end.totals.milliseconds)}`;
		case 'noWait':
			return reasonOfReply(end.reply, sanitizer);
	}
}

function reasonOfReply({ status, text }: Reply, sanitizer: Sanitizer): string {
	const { code, message } = readFailure(text, sanitizer);
	const numbers = statusAndCode(status, code);
	const words = message.replace(/[.\s]+$/, '');
	return sanitizer.text(words === '' ? numbers : `${numbers}: ${words}`, MAX_REASON_CHARACTERS);
}

/** How long a state is kept. An execution that takes longer asks the model again. */
const KEPT_MS = 24 * 60 * 60_000;
const MAX_STATES = 1_000;

type ExecutionContext = Pick<IExecuteFunctions, 'getExecutionId' | 'getExecuteData'>;

/** The states of the models that executions with a fallback have used; the latest thousand. */
export class ModelStates {
	/** The one that was used longest ago comes first. */
	private readonly states = new Map<
		string,
		{ readonly state: ModelState; readonly since: number }
	>();

	private readonly idsOfData = new WeakMap<object, string>();

	private lastId = 0;

	constructor(private readonly clock: Clock = systemClock) {}

	/** The state of a model in the execution that this context belongs to. */
	of(
		context: ExecutionContext,
		{ baseUrl, keyHash }: Pick<Access, 'baseUrl' | 'keyHash'>,
		modelId: string,
	): ModelState {
		const key = JSON.stringify([this.executionOf(context), baseUrl, keyHash, modelId]);
		const now = this.clock.now();
		const known = this.states.get(key);
		const entry =
			known && now - known.since < KEPT_MS ? known : { state: new ModelState(), since: now };
		this.states.delete(key);
		this.states.set(key, entry);
		if (this.states.size > MAX_STATES) {
			const [oldest] = this.states.keys();
			this.states.delete(oldest);
		}
		return entry.state;
	}

	/** Where an execution has no ID, its tries have the object in common that n8n hands to each. */
	private executionOf(context: ExecutionContext): string {
		const id: unknown = context.getExecutionId();
		if (!NO_ID.includes(id)) return `execution ${String(id)}`;
		const data = context.getExecuteData();
		const known = this.idsOfData.get(data) ?? `data ${++this.lastId}`;
		this.idsOfData.set(data, known);
		return known;
	}
}

/** n8n loads a package once per process. */
const modelStates = new ModelStates();
