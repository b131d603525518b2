import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { checkOrder } from './check';
import { readAccess, type Access } from './credential';
import { readExecutionOptions } from './executionOptions';
import { makeImages } from './makeImages';
import { apiError, itemError } from './nodeError';
import { failureItem, failureJson, imageItem } from './outputItems';
import { readOrder, type Order } from './parameters';
import type { Result } from './picture';
import { Run } from './run';

/**
 * Runs the node: reads and checks every item, then makes the pictures, and puts them out in the
 * order of the items.
 *
 * @throws NodeApiError or NodeOperationError with `itemIndex` at the first failure, unless the step
 * continues on fail. Requests under way are finished first, and what they brought is named.
 */
export async function executeItems(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	if (context.getInputData().length === 0) return [];
	const access = await readAccess(context);
	const run = new Run(context, access, readExecutionOptions(context));
	const goesOn = context.continueOnFail();
	const entries = await readOrders(context, access, goesOn);

	const outputs = await Promise.all(
		entries.map(async (entry) => {
			if ('json' in entry) return { items: [entry] };
			const results = await makeImages(run, entry, () => {
				if (!goesOn) run.stop();
			});
			return { order: entry, results, items: results.flatMap(asItem(run, entry)) };
		}),
	);
	if (!goesOn && !run.cancelled) throwFirstFailure(run, outputs);
	return outputs.flatMap(({ items }) => items);
}

/** Every item as an order, or as the item of its failure where the step continues on fail. */
async function readOrders(
	context: IExecuteFunctions,
	access: Access,
	goesOn: boolean,
): Promise<Array<Order | INodeExecutionData>> {
	const entries: Array<Order | INodeExecutionData> = [];
	const hints = new Set<string>();
	for (let itemIndex = 0; itemIndex < context.getInputData().length; itemIndex++) {
		try {
			const order = readOrder(context, itemIndex, access);
			const found = await checkOrder(context, order);
			for (const hint of [...order.hints, ...found]) hints.add(hint);
			entries.push(order);
		} catch (thrown) {
			if (!goesOn) throw itemError(context, thrown, itemIndex);
			entries.push(failureItem({ context }, itemError(context, thrown, itemIndex), itemIndex));
		}
	}
	for (const message of hints) context.addExecutionHints({ message, location: 'outputPane' });
	return entries;
}

function asItem(run: Run, order: Order) {
	return (result: Result, index: number): INodeExecutionData[] => {
		const { image, failure } = result;
		if (failure) {
			const error = apiError(run, failure, order.itemIndex);
			return [failureItem(run, error, order.itemIndex, failureJson(order, result, index))];
		}
		return image ? [imageItem(order, image, result, index)] : [];
	};
}

function throwFirstFailure(
	run: Run,
	outputs: ReadonlyArray<{ order?: Order; results?: readonly Result[] }>,
): void {
	for (const { order, results } of outputs) {
		const failure = results?.find((result) => result?.failure)?.failure;
		if (order && failure) throw apiError(run, failure, order.itemIndex, run.paidFor());
	}
}
