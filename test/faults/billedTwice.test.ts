import type { INodeParameters } from 'n8n-workflow';
import { failures } from '../../simulator';
import { inVirtualTime } from '../support/virtualTime';
import { openWorkbench, type Workbench } from '../support/workbench';

/**
 * Repeating a request that may have been served can cost another image each time. Whoever builds the
 * workflow decides on that, never the data that it works on.
 */

let bench: Workbench;
beforeEach(async () => {
	bench = await openWorkbench();
	bench.simulator.fault({ ...failures.timeout, times: Infinity });
});
afterEach(async () => await bench.close());

async function run(executionOptions: INodeParameters | string) {
	const parameters = { prompt: 'a fox', executionOptions };
	const items = [{ json: { retry: true, options: { retryOnTimeout: true } } }];
	const { result } = await inVirtualTime(
		bench.simulator,
		async () => await bench.step(parameters, { items }),
	);
	return result;
}

it.each<[string, INodeParameters]>([
	['an expression', { retryOnTimeout: '={{ $json.retry }}' }],
	[
		'a value that the model of an agent fills in',
		{ retryOnTimeout: '={{ $fromAI("retry", "", "boolean", true) }}' },
	],
])("'Retry on Timeout' is refused as %s", async (_name, executionOptions) => {
	const { error } = await run(executionOptions);

	expect(error?.message).toBe("'Retry on Timeout' must be turned on or off by hand");
	expect(error?.description).toContain('can cost another image');
	expect(bench.simulator.requests).toEqual([]);
});

it.each<[string, INodeParameters | string, number]>([
	['turned on', { retryOnTimeout: true }, 4],
	['stored as text', { retryOnTimeout: 'true' }, 4],
	['turned off', { retryOnTimeout: false }, 1],
	['not added', {}, 1],
	['in an expression for all of Execution Options, which n8n drops', '={{ $json.options }}', 1],
])("'Retry on Timeout' %s", async (_name, executionOptions, requests) => {
	const { error } = await run(executionOptions);

	expect(error?.httpCode).toBe('504');
	expect(bench.simulator.generations).toHaveLength(requests);
});
