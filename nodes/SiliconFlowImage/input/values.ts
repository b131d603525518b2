import { withoutHalves } from '../contract/sanitize';
import { asFinite, asRecord } from '../contract/unknownValue';

/** Values as expressions give them, often numbers as text and nothing as an empty text. */

/** Undefined for what counts as not set: undefined, null and blank text. */
export function whenSet(value: unknown): unknown {
	if (value === null || value === undefined) return undefined;
	return typeof value === 'string' && value.trim() === '' ? undefined : value;
}

/** Whether the stored value of a parameter is an expression, or a list entry that is given by one. */
export function isExpression(stored: unknown): boolean {
	const { value = stored } = asRecord(stored);
	return typeof value === 'string' && value.startsWith('=');
}

/** A number from its text form. Anything else stays as it is, so that the check can show it. */
export function asNumber(value: unknown): unknown {
	const set = whenSet(value);
	if (typeof set !== 'string') return set;
	const number = Number(set);
	return Number.isNaN(number) ? set : number;
}

/** A text, or the text of a number, such as the cell 1984 of a sheet. Anything else stays as it is. */
export function asWords(value: unknown): unknown {
	if (typeof value === 'string') return withoutHalves(value);
	return asFinite(value) === undefined ? value : String(value);
}

/** A text in its usual spelling. Anything else stays as it is, so that the check can show it. */
export function asText(value: unknown, spell: (text: string) => string): unknown {
	const set = whenSet(value);
	return typeof set === 'string' ? spell(set) : set;
}

/** A switch from the forms that expressions give it in. Anything else stays as it is. */
export function asSwitch(value: unknown): unknown {
	const set = whenSet(value);
	if (typeof set !== 'string') return set;
	if (/^true$/i.test(set)) return true;
	return /^false$/i.test(set) ? false : set;
}

/** Longer than the names of the panel, with blanks around them. */
const MAX_CHOICE_CHARACTERS = 200;

/**
 * The entry of a list in the panel that a value means. An expression may give its stored value or its
 * name, in any case and with blanks around it.
 *
 * @returns undefined when it means none of them
 */
export function choiceOf<C extends { readonly name: string; readonly value: string }>(
	choices: readonly C[],
	given: unknown,
): C | undefined {
	if (typeof given !== 'string' || given.length > MAX_CHOICE_CHARACTERS) return undefined;
	const word = given.trim().toLowerCase();
	return choices.find(({ name, value }) =>
		[value, name].some((each) => each.toLowerCase() === word),
	);
}
