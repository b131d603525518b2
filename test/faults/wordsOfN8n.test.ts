import type { INodeParameters } from 'n8n-workflow';
import { openWorkbench, type Workbench } from '../support/workbench';

/**
 * n8n looks into the message of an exception: "canceled" makes it mark the run as cancelled, and the
 * name of a network fault makes it put a sentence of its own in place of the message. Both may stand
 * in a value that a person gives.
 */

let bench: Workbench;
beforeAll(async () => {
	bench = await openWorkbench();
});
afterEach(() => bench.simulator.reset());
afterAll(async () => await bench.close());

const steps = (value: string): INodeParameters => ({ options: { numInferenceSteps: value } });
const concurrency = (value: string): INodeParameters => ({
	executionOptions: { concurrency: value },
});
const fileName = (value: string): INodeParameters => ({ options: { fileName: value } });
const fieldName = (binaryPropertyName: string): INodeParameters => ({
	operation: 'edit',
	images: { image: [{ source: 'binary', binaryPropertyName }] },
});
/** The name of a field whose file has a type of this name. */
const typeOfFile = (type: string) => fieldName(`of${type}`);
const bytes = Buffer.from('a letter');
const files = {
	ofcanceled: { bytes, mimeType: 'canceled' },
	ofEACCES: { bytes, mimeType: 'EACCES' },
};

it.each<[string, INodeParameters, string]>([
	['a field of the request', steps('={{ "canceled" }}'), 'but is cancelled'],
	['an execution option', concurrency('={{ "canceled" }}'), 'but is cancelled'],
	['the name of a field', fieldName('canceled'), 'cancelled'],
	['an expression', steps('={{ (5).toDateTime("canceled") }}'), 'cancelled'],
	[
		'an expression in an execution option',
		concurrency('={{ (5).toDateTime("canceled") }}'),
		'cancelled',
	],
	['an expression in the file name', fileName('={{ (5).toDateTime("canceled") }}'), 'cancelled'],
	['the type of a file', typeOfFile('canceled'), 'its content type is cancelled'],
	['a network code in the type of a file', typeOfFile('EACCES'), 'its content type is EACCES'],
	['a network code in a field of the request', steps('={{ "ECONNRESET" }}'), 'but is ECONNRESET'],
	['a network code in an execution option', concurrency('={{ "ENOENT" }}'), 'but is ENOENT'],
	['a network code in the name of a field', fieldName('EPERM'), 'EPERM'],
])('%s is refused in the words of the node', async (_name, parameters, words) => {
	const { status, error } = await bench.step(
		{ prompt: 'a fox', ...parameters },
		{ items: [{ files }] },
	);

	expect(status).toBe('error');
	expect(error?.message).toContain(words);
	expect(bench.simulator.requests).toEqual([]);
});

it.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
	'a refusal with the word in it does not cancel a run with %s',
	async (onError) => {
		const outcome = await bench.step(
			{ prompt: 'a fox', ...steps('={{ "canceled" }}') },
			{ onError },
		);
		const [item] = onError === 'continueErrorOutput' ? outcome.errorItems : outcome.items;

		expect(outcome.status).toBe('success');
		expect(item.json.error).toContain('but is cancelled');
	},
);
