import type { IDataObject } from 'n8n-workflow';
import { LABELS } from '../contract/labels';
import { parseJson } from '../contract/response';
import type { InputItem } from './inputItem';
import { describeViolation, whenSet } from './values';

/** Fields that decide what is billed. Only the node's own parameters may set them. */
const RESERVED: Readonly<Record<string, string>> = {
	batch_size: LABELS.numberOfImages,
	n: LABELS.numberOfImages,
};

/**
 * Reads Additional Body Fields: a JSON object, either as text or as the value of an expression.
 *
 * @param given value of the option
 * @throws NodeOperationError when it is not an object, or when it sets the number of images
 */
export function readAdditionalFields(item: InputItem, given: unknown): IDataObject {
	const label = LABELS.additionalBodyFields;
	const set = whenSet(given);
	if (set === undefined) return {};
	const value = typeof set === 'string' ? parseJson(set) : set;
	if (typeof value !== 'object' || value === null || Array.isArray(value)) {
		item.refuse(
			describeViolation({ label, rule: 'must be a JSON object', value: set }, item.clean),
			'Enter something like {"style": "vivid"}, or remove the option.',
		);
	}
	const reserved = Object.keys(value).find((key) => Object.hasOwn(RESERVED, key));
	if (reserved !== undefined) {
		item.refuse(
			`'${label}' must not set ${reserved}`,
			`Use '${RESERVED[reserved]}' instead, so that every image you pay for is output.`,
		);
	}
	return value as IDataObject;
}
