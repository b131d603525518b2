import type { INodeProperties } from 'n8n-workflow';
import { LABELS } from '../contract/labels';

/** The numbers of Execution Options: their label, range, and value while the option is not added. */
export const EXECUTION_NUMBERS = {
	concurrency: { label: LABELS.concurrency, min: 1, max: 100, ifNotAdded: 3 },
	giveUpAfter: { label: LABELS.giveUpAfter, min: 0, max: 1440, ifNotAdded: 15 },
	imagesPerMinute: { label: LABELS.imagesPerMinute, min: 0, max: 6000, ifNotAdded: 0 },
	maxImages: { label: LABELS.maxImages, min: 0, max: 100_000, ifNotAdded: 0 },
	timeout: { label: LABELS.timeout, min: 1, max: 3600, ifNotAdded: 300 },
} as const;

export type ExecutionNumber = keyof typeof EXECUTION_NUMBERS;

function numberField(
	name: ExecutionNumber,
	description: string,
	more: Partial<INodeProperties> = {},
): INodeProperties {
	const { label, min, max, ifNotAdded } = EXECUTION_NUMBERS[name];
	return {
		displayName: label,
		name,
		type: 'number',
		typeOptions: { minValue: min, maxValue: max, numberPrecision: 0 },
		default: ifNotAdded,
		description,
		...more,
	};
}

/** Execution Options: how the service is called. Read once per run, from the first item. */
export const executionOptionsField: INodeProperties = {
	displayName: LABELS.executionOptions,
	name: 'executionOptions',
	type: 'collection',
	placeholder: 'Add Execution Option',
	default: {},
	description: 'How the service is called. Read from the first item and used for the whole run.',
	options: [
		numberField(
			'concurrency',
			'How many requests to run at the same time. Memory use grows with this number, not with the number of items.',
		),
		numberField(
			'giveUpAfter',
			'Minutes to keep trying while SiliconFlow accepts no image at all for this model; each accepted image restarts the count. 0 means do not wait.',
			{ hint: 'In minutes' },
		),
		numberField(
			'imagesPerMinute',
			'The most images that this n8n process requests in any 60 seconds with the same account and model. Set it to the limit of your account; 0 means no limit.',
			{ default: 2 },
		),
		numberField(
			'maxImages',
			'A run that would make more images is refused before anything is sent; each call of a tool by an AI agent is a run. 0 means no limit.',
			{ default: 10 },
		),
		{
			displayName: LABELS.retryOnTimeout,
			name: 'retryOnTimeout',
			type: 'boolean',
			// The data of an item must not decide on what may be billed again.
			noDataExpression: true,
			default: false,
			description:
				'Whether to repeat a request up to 3 times after a timeout, a broken connection or a 5xx response other than 503. Each retry may be billed as another image.',
		},
		numberField(
			'timeout',
			'How many seconds to wait for the response to a request, and for each download. Waiting for a rate limit does not count.',
			{ hint: 'In seconds' },
		),
	],
};
