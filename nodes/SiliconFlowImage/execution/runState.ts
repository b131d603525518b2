import type { IExecuteFunctions, Logger } from 'n8n-workflow';
import { LABELS } from '../contract/labels';
import { formatCount, formatDuration } from '../contract/numbers';
import type { Sanitizer } from '../contract/sanitize';
import type { Access } from '../input/access';
import type { ExecutionOptions } from '../input/runOptions';
import { accountLimit, type AccountLimit } from '../transport/accountLimits';
import { MAX_DOWNLOADS } from '../transport/download';
import type { Execution } from '../transport/permitQueue';
import { Semaphore } from '../transport/semaphore';
import { systemClock } from '../transport/wait';
import { nameFilesOfRun, type FileNumbers, type NamedJob } from './fileNames';
import type { RunImages } from './runImages';

const MAX_HINT_CHARACTERS = 1000;

/**
 * What the items of one execution share: slots, options, whether to go on, and its images. A run
 * is one execution of the node, as its items see it; an `Execution` is the same as the queue sees it,
 * which other executions share.
 */
export class Run {
	/** This run, as the queue needs to know it. */
	readonly execution: Execution;

	/** What every text for people passes. */
	readonly sanitizer: Sanitizer;

	readonly waits: WaitReport;

	/** A slot for each image that is downloaded or stored, because it is in memory then. */
	readonly imageSlots: Semaphore;

	/** How many images may be asked for besides those that were counted before anything was sent. */
	spareImages = Infinity;

	private numbers: FileNumbers = new Map();

	private readonly hints = new Set<string>();

	private stopped = false;

	constructor(
		readonly context: IExecuteFunctions,
		readonly access: Access,
		readonly options: ExecutionOptions,
		readonly images: RunImages,
	) {
		this.sanitizer = access.sanitizer;
		this.waits = new WaitReport(this.sanitizer, context.logger);
		this.imageSlots = new Semaphore(Math.min(options.concurrency, MAX_DOWNLOADS));
		this.execution = {
			startedAt: systemClock.now(),
			slots: new Semaphore(options.concurrency),
			imagesPerMinute: options.imagesPerMinute,
			giveUpMs: options.giveUpMs,
			...this.waits.listeners,
		};
	}

	/** The limit that requests for a model fall under, shared with all executions of this process. */
	limitFor(model: string): AccountLimit {
		const { baseUrl, keyHash: account } = this.access;
		return accountLimit({ baseUrl, account, model });
	}

	/** Decides the names of all files of the run, in the order of the output. */
	nameFiles(jobs: readonly NamedJob[]): void {
		this.numbers = nameFilesOfRun(this.context, jobs);
	}

	get fileNumbers(): FileNumbers {
		return this.numbers;
	}

	/** Whether nothing more may be sent, because an item has ended the run or it was cancelled. */
	readonly shouldStop = (): boolean => this.stopped || this.cancelled;

	get cancelled(): boolean {
		return this.context.getExecutionCancelSignal()?.aborted === true;
	}

	/**
	 * Sends nothing more, for any item. Requests under way are finished. `execute` calls it at the first
	 * failure, unless the step continues on fail: then the other items go on.
	 */
	stop(): void {
		this.stopped = true;
	}

	/** Shows a hint beside the output, once in a run. */
	hintOnce(text: string): void {
		const message = this.sanitizer.text(text, MAX_HINT_CHARACTERS);
		if (this.hints.has(message)) return;
		this.hints.add(message);
		this.context.addExecutionHints({ message, location: 'outputPane' });
	}
}

/** A wait shorter than this is not worth a hint, in milliseconds. */
const WORTH_A_HINT_MS = 5_000;
/** A wait longer than this is logged where self-hosters look, in milliseconds. */
const LONG_MS = 10_000;
/** Most characters of a model ID in the log. */
const MAX_MODEL_CHARACTERS = 100;

/** Summarizes how long a limit held a run back, for the log and for a hint beside the output. */
export class WaitReport {
	private heldMs = 0;

	private heldUntil = 0;

	private readonly rejections = { rateLimit: 0, overload: 0 };

	constructor(
		private readonly sanitizer: Sanitizer,
		private readonly logger?: Logger,
	) {}

	/** What the queue reports to. The log names the model, but no prompt, link or key. */
	readonly listeners: Pick<Execution, 'onRejected' | 'onResumed' | 'onHeld'> = {
		onRejected: (model, status) => {
			this.rejections[status === 503 ? 'overload' : 'rateLimit']++;
			this.logger?.debug(`SiliconFlow rejected a request for ${this.name(model)} (HTTP ${status})`);
		},
		onResumed: (model, { milliseconds, rejections }) => {
			const level = milliseconds >= LONG_MS ? 'info' : 'debug';
			this.logger?.[level](
				`SiliconFlow accepts requests for ${this.name(model)} again after ${formatDuration(milliseconds)} (${formatCount(rejections, 'rejection')})`,
			);
		},
		// Several models may be waited for at the same time, and that counts once.
		onHeld: (from, to) => {
			this.heldMs += Math.max(0, to - Math.max(from, this.heldUntil));
			this.heldUntil = Math.max(this.heldUntil, to);
		},
	};

	private name(model: string): string {
		return this.sanitizer.text(model, MAX_MODEL_CHARACTERS);
	}

	/** The hint for the person, where the wait mattered. */
	get hint(): string | undefined {
		if (this.heldMs < WORTH_A_HINT_MS) return undefined;
		const { rateLimit, overload } = this.rejections;
		const waited = `Waited ${formatDuration(this.heldMs)}`;
		const count = formatCount(rateLimit + overload, 'rejection');
		if (overload > rateLimit) return `${waited} because SiliconFlow was overloaded (${count}).`;
		return `${waited} for SiliconFlow's rate limit (${count}). Set '${LABELS.imagesPerMinute}' to your account's limit to avoid this.`;
	}
}
