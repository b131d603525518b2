import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { checkOrder } from '../input/checkJob';
import { readAccess, type Access } from '../input/access';
import { readExecutionOptions } from '../input/executionOptions';
import { makeImages } from './generateImages';
import { apiError, itemError } from '../input/nodeError';
import { failureItem, failureJson, imageItem } from './outputItems';
import { readOrder, type Order } from '../input/readJob';
import type { Result } from './storeImage';
import { Run } from './run';

const MAX_HINTS = 10;

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
			const unsent = entry.numberOfImages - results.filter((result) => result).length;
			return { order: entry, results, items: results.flatMap(asItem(run, entry, unsent)) };
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
	showHints(context, [...hints]);
	return entries;
}

/** Beside the output; ten at most, for a run may have hundreds of items. */
function showHints(context: IExecuteFunctions, hints: string[]): void {
	const shown = hints.slice(0, MAX_HINTS);
	if (hints.length > shown.length) shown.push(`And ${hints.length - shown.length} more hints`);
	for (const message of shown) context.addExecutionHints({ message, location: 'outputPane' });
}

function asItem(run: Run, order: Order, unsent: number) {
	const ending = unsent > 0 ? ` ${unsent} more pictures of this item were not asked for.` : '';
	return (result: Result, index: number): INodeExecutionData[] => {
		const { image, failure } = result;
		if (failure) {
			const error = apiError(run, failure, order.itemIndex, ending);
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
