import type { IDataObject } from 'n8n-workflow';
import { LABELS } from '../contract/labels';
import { wholeNumbers } from '../contract/numbers';
import { combinesImages, operationOf } from '../contract/operations';
import { EXECUTION_NUMBERS, type ExecutionNumber } from '../description/executionOptions';
import { ALL_ITEMS, EACH_ITEM, IMAGES_FROM } from '../description/images';
import { adviceForExpressionText } from './expressionText';
import { describeViolation, refuseRun, type ErrorContext } from './refusal';
import { asNumber, asSwitch, choiceOf, whenSet } from './values';

/** How the service is called in this run. */
export interface ExecutionOptions {
	/** Most requests under way at once. */
	readonly concurrency: number;
	/** How long to keep trying while nothing is accepted; 0: do not wait. */
	readonly giveUpMs: number;
	/** Most images to ask for in any minute; 0: no limit. */
	readonly imagesPerMinute: number;
	/** Most images that the run may ask for; 0: no limit. */
	readonly maxImages: number;
	/** Longest wait for the answer to a request, and for a download. */
	readonly timeoutMs: number;
	/** Whether to repeat a request that may have been served and billed. */
	readonly retryOnTimeout: boolean;
}

/**
 * Reads Execution Options from the first item.
 *
 * @throws NodeOperationError for a value out of its range
 */
export function readExecutionOptions(errorContext: ErrorContext): ExecutionOptions {
	const { context } = errorContext;
	const given = context.getNodeParameter('executionOptions', 0, {}) as IDataObject;
	const read = (name: ExecutionNumber): number => {
		const { label, min, max, ifNotAdded } = EXECUTION_NUMBERS[name];
		const value = asNumber(given[name]) ?? ifNotAdded;
		const range = wholeNumbers(min, max);
		if (range.includes(value)) return value;
		return refuseRun(
			errorContext,
			describeViolation(errorContext, { label, rule: range.rule, value }),
			adviceForExpressionText(label, value) ?? `Change it in '${LABELS.executionOptions}'.`,
		);
	};
	return {
		concurrency: read('concurrency'),
		giveUpMs: read('giveUpAfter') * 60_000,
		imagesPerMinute: read('imagesPerMinute'),
		maxImages: read('maxImages'),
		timeoutMs: read('timeout') * 1000,
		retryOnTimeout: readRetryOnTimeout(errorContext, given.retryOnTimeout),
	};
}

/**
 * The switch is read as it is stored, because each retry may be billed: neither the data of an item
 * nor the model of an agent may turn it on. The panel takes no expression, but a workflow that was
 * written elsewhere may hold one.
 *
 * @param given the value with its expressions resolved
 */
function readRetryOnTimeout(errorContext: ErrorContext, given: unknown): boolean {
	if (whenSet(given) === undefined) return false;
	const stored = errorContext.context.getNode().parameters.executionOptions as
		| IDataObject
		| undefined;
	const value = asSwitch(stored?.retryOnTimeout);
	if (typeof value === 'boolean') return value;
	return refuseRun(
		errorContext,
		`'${LABELS.retryOnTimeout}' must be turned on or off by hand`,
		`It takes no expression, because each retry can cost another image. Change it in '${LABELS.executionOptions}'.`,
	);
}

/**
 * Which input items make a job together: each one by itself, or all of them as one. Read from the first
 * item, because it is about the run as a whole.
 *
 * @returns the positions of the items of each job, from 0, each at least one
 * @throws NodeOperationError for a value that the panel does not have, and for all of them while the step
 * is set to run once
 */
export function readItemGroups(errorContext: ErrorContext): number[][] {
	const { context } = errorContext;
	const each = context.getInputData().map((_, index) => [index]);
	const operation = operationOf(context.getNodeParameter('operation', 0));
	if (operation === undefined || !combinesImages(operation)) return each;
	switch (choiceOf(IMAGES_FROM, context.getNodeParameter('imagesFrom', 0, 'each'))?.value) {
		case 'each':
			return each;
		case 'all':
			refuseExecuteOnce(errorContext);
			return [each.flat()];
	}
	const names = IMAGES_FROM.map(({ name }) => name).join(' or ');
	return refuseRun(
		errorContext,
		`'${LABELS.imagesFrom}' must be ${names}`,
		'Choose one from the list. Nothing was sent.',
	);
}

/**
 * With this setting, n8n hands over the first item alone, and the node cannot see whether there are
 * more. The images of the others would be missing from an edit that is billed.
 */
function refuseExecuteOnce(errorContext: ErrorContext): void {
	if (errorContext.context.getNode().executeOnce !== true) return;
	refuseRun(
		errorContext,
		`'${LABELS.imagesFrom}' cannot be ${ALL_ITEMS.name} while 'Execute Once' is on`,
		`With 'Execute Once', n8n hands over the first item alone. Turn it off in the settings of this step, or set '${LABELS.imagesFrom}' to ${EACH_ITEM.name}. Nothing was sent.`,
	);
}
