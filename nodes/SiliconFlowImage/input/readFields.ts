import type { IDataObject } from 'n8n-workflow';
import { FIELD_NAMES, FIELDS, type Field, type FieldName } from '../contract/fields';
import type { InputItem } from './inputItem';
import { asNumber, asSwitch, asText, whenSet } from './values';

/** How a value of each kind is read, in whatever form an expression gives it. */
const READERS: Readonly<Record<Field['kind'], (value: unknown) => unknown>> = {
	integer: asNumber,
	number: asNumber,
	switch: asSwitch,
	text: whenSet,
	choice: (value) => asText(value, (text) => text.trim().toLowerCase()),
	ratio: (value) => asText(value, (text) => text.replace(/\s+/g, '')),
};

/**
 * The request fields that are set in Options, by their wire names. A value that cannot be read stays as
 * it is, because the contract checks it.
 */
export function readFields(item: InputItem): Partial<Record<FieldName, unknown>> {
	const options = item.parameter('options', {}) as IDataObject;
	const values = FIELD_NAMES.map((name) => {
		const field = FIELDS[name];
		const given = options[field.parameter];
		return [name, READERS[field.kind](given)] as const;
	});
	return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}
