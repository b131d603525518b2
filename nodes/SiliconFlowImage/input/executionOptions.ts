import { NodeOperationError, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';
import { EXECUTION_NUMBERS, type ExecutionNumber } from '../description/executionOptions';
import { asNumber, asSwitch, shown } from './values';

/** How the service is called in this run. */
export interface ExecutionOptions {
	readonly concurrency: number;
	readonly maxRetries: number;
	/** 0: no limit. */
	readonly requestsPerMinute: number;
	readonly timeoutMs: number;
	readonly retryAmbiguous: boolean;
}

/**
 * Reads Execution Options from the first item.
 *
 * @throws NodeOperationError for a value out of its range
 */
export function readExecutionOptions(context: IExecuteFunctions): ExecutionOptions {
	const given = context.getNodeParameter('executionOptions', 0, {}) as IDataObject;
	const read = (name: ExecutionNumber) => {
		const { label, min, max, unset } = EXECUTION_NUMBERS[name];
		const value = asNumber(given[name]) ?? unset;
		if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) {
			return value;
		}
		throw new NodeOperationError(
			context.getNode(),
			`'${label}' must be a whole number from ${min} to ${max}, but is ${shown(value)}`,
			{ description: 'Change it in Execution Options.' },
		);
	};
	return {
		concurrency: read('concurrency'),
		maxRetries: read('maxRetries'),
		requestsPerMinute: read('requestsPerMinute'),
		timeoutMs: read('timeout') * 1000,
		retryAmbiguous: asSwitch(given.retryAmbiguous) === true,
	};
}
