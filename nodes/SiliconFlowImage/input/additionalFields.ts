import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { LABELS } from '../contract/fields';
import { parseJson } from '../contract/response';
import { refuseItem } from './nodeError';
import { shown, whenSet } from './values';

/** Fields that decide what is billed, and so are set by this node's own fields only. */
const RESERVED: Readonly<Record<string, string>> = {
	batch_size: LABELS.numberOfImages,
	n: LABELS.numberOfImages,
};

/**
 * Reads Additional Body Fields: a JSON object, as text or from an expression as it is.
 *
 * @throws NodeOperationError when it is no object, or sets the number of images behind the node's back
 */
export function readAdditionalFields(
	context: IExecuteFunctions,
	itemIndex: number,
	given: unknown,
): IDataObject {
	const set = whenSet(given);
	if (set === undefined) return {};
	const value = typeof set === 'string' ? parseJson(set) : set;
	const refuse = (message: string, description: string) =>
		refuseItem(context, itemIndex, message, description);
	if (typeof value !== 'object' || value === null || Array.isArray(value)) {
		return refuse(
			`'${LABELS.additionalBodyFields}' must be a JSON object, but is ${shown(set)}`,
			'Enter something like {"style": "vivid"}, or remove the option.',
		);
	}
	const reserved = Object.keys(value).find((key) => Object.hasOwn(RESERVED, key));
	if (reserved !== undefined) {
		refuse(
			`'${LABELS.additionalBodyFields}' must not set ${reserved}`,
			`Use '${RESERVED[reserved]}' instead, so that every picture paid for comes out.`,
		);
	}
	return value as IDataObject;
}
