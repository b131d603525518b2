import type { IExecuteFunctions } from 'n8n-workflow';
import type { Capabilities } from '../contract/catalog';
import type { Operation } from '../contract/models';
import type { InputImage } from './inputImage';
import { readInputImages } from './inputImages';

/** What sets an operation apart; everything else is the same for all of them. */
export interface OperationHandler {
	/** The input images of one item. */
	readonly inputImages: (
		context: IExecuteFunctions,
		itemIndex: number,
		model: Capabilities,
	) => InputImage[];
}

/** Every value of the Operation field and what it does. */
export const OPERATIONS: Readonly<Record<Operation, OperationHandler>> = {
	generate: { inputImages: () => [] },
	edit: { inputImages: readInputImages },
};
