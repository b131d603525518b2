import type { Field } from '../contract/fields';
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
 * The value of a request field. One that cannot be read stays as it is, because the contract checks it.
 *
 * @param given value of the option
 * @returns undefined when it is not set
 */
export function readField({ kind }: Field, given: unknown): unknown {
	return READERS[kind](given);
}
