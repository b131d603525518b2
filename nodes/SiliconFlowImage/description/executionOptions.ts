import type { INodeProperties } from 'n8n-workflow';
import { LABELS } from '../contract/labels';

/** The numbers of Execution Options: their label, range, and value while the option is not added. */
export const EXECUTION_NUMBERS = {
	concurrency: { label: LABELS.concurrency, min: 1, max: 100, unset: 3 },
	maxRetries: { label: LABELS.maxRetries, min: 0, max: 20, unset: 5 },
	requestsPerMinute: { label: LABELS.requestsPerMinute, min: 0, max: 6000, unset: 0 },
	timeout: { label: LABELS.timeout, min: 1, max: 3600, unset: 300 },
} as const;

export type ExecutionNumber = keyof typeof EXECUTION_NUMBERS;

function numberField(
	name: ExecutionNumber,
	description: string,
	initial: number = EXECUTION_NUMBERS[name].unset,
): INodeProperties {
	const { label, min, max } = EXECUTION_NUMBERS[name];
	return {
		displayName: label,
		name,
		type: 'number',
		typeOptions: { minValue: min, maxValue: max, numberPrecision: 0 },
		default: initial,
		description,
	};
}

/** Execution Options: how the service is called. Read once a run, from the first item. */
export const executionOptionsField: INodeProperties = {
	displayName: LABELS.executionOptions,
	name: 'executionOptions',
	type: 'collection',
	placeholder: 'Add Option',
	default: {},
	description: 'How the service is called. Taken from the first item and valid for the whole run.',
	options: [
		numberField(
			'concurrency',
			'How many requests may be under way at once. Memory use grows with it, not with the number of items.',
		),
		numberField(
			'maxRetries',
			'How often a request that was refused unserved (rate limit, overload) is sent again. The waits are 2, 4, 8, 16, 32 seconds, so that five reach past a limit per minute. A connection that cannot be made is tried twice more at most.',
		),
		numberField(
			'requestsPerMinute',
			'Most requests to send in any 60 seconds, one for several pictures counted once for each. Set it to the limit of your account, which is 2 images a minute for new ones, and the limit is not met. 0 sets none.',
			2,
		),
		{
			displayName: LABELS.retryAmbiguous,
			name: 'retryAmbiguous',
			type: 'boolean',
			default: false,
			description:
				'Whether to send a request again after a time-out, a cut connection or a 5xx answer other than 503. The first one may have been served and billed, so each retry can cost another picture. Counts against Max Retries.',
		},
		numberField(
			'timeout',
			'Seconds to wait for the answer to a request, and again for each download. Time spent waiting for a retry does not count.',
		),
	],
};
