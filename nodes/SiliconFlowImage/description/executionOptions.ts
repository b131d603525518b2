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

/** Execution Options: how the service is called. Read once per run, from the first item. */
export const executionOptionsField: INodeProperties = {
	displayName: LABELS.executionOptions,
	name: 'executionOptions',
	type: 'collection',
	placeholder: 'Add Option',
	default: {},
	description: 'How the service is called. Read from the first item and used for the whole run.',
	options: [
		numberField(
			'concurrency',
			'How many requests to run at the same time. Memory use grows with this number, not with the number of items.',
		),
		numberField(
			'maxRetries',
			'How many times to repeat a request that SiliconFlow rejects because of a rate limit or overload. The waits are 2, 4, 8, 16 and 32 seconds, so 5 retries outlast a per-minute limit. If no connection can be made, the request is repeated at most twice.',
		),
		numberField(
			'requestsPerMinute',
			'How many images to request in any 60 seconds; a request for several images counts once for each. Set this to the limit of your account to avoid rejected requests. For example, many new accounts start at 2 images a minute. 0 means no limit.',
			2,
		),
		{
			displayName: LABELS.retryAmbiguous,
			name: 'retryAmbiguous',
			type: 'boolean',
			default: false,
			description:
				"Whether to repeat a request after a timeout, a broken connection or a 5xx response other than 503. The first request may have been served and billed, so each retry can cost another image. These retries count toward 'Max Retries'.",
		},
		numberField(
			'timeout',
			'How many seconds to wait for the response to a request, and for each download. The wait before a retry does not count.',
		),
	],
};
