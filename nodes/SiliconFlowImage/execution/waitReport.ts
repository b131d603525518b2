import type { Logger } from 'n8n-workflow';
import type { CleanText } from '../contract/sanitize';
import { LABELS } from '../contract/labels';
import { countOf, formatDuration } from '../contract/numbers';
import type { Execution } from '../transport/permit';

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
		private readonly clean: CleanText,
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
				`SiliconFlow accepts requests for ${this.name(model)} again after ${formatDuration(milliseconds)} (${countOf(rejections, 'rejection')})`,
			);
		},
		// Several models may be waited for at the same time, and that counts once.
		onHeld: (from, to) => {
			this.heldMs += Math.max(0, to - Math.max(from, this.heldUntil));
			this.heldUntil = Math.max(this.heldUntil, to);
		},
	};

	private name(model: string): string {
		return this.clean(model, MAX_MODEL_CHARACTERS);
	}

	/** The hint for the person, where the wait mattered. */
	get hint(): string | undefined {
		if (this.heldMs < WORTH_A_HINT_MS) return undefined;
		const { rateLimit, overload } = this.rejections;
		const waited = `Waited ${formatDuration(this.heldMs)}`;
		const count = countOf(rateLimit + overload, 'rejection');
		if (overload > rateLimit) return `${waited} because SiliconFlow was overloaded (${count}).`;
		return `${waited} for SiliconFlow's rate limit (${count}). Set '${LABELS.imagesPerMinute}' to your account's limit to avoid this.`;
	}
}
