import type { CleanText } from '../contract/sanitize';
import type { Violation } from '../contract/request';
import { asRecord } from '../contract/unknownJson';

/** Most characters of a value, and most values of a list, that a message shows. */
const MAX_CHARACTERS = 60;
const MAX_LISTED = 10;

/**
 * Values as expressions give them, often numbers as text and nothing as an empty text, and as
 * messages show them.
 */

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

/** A text in its usual spelling. Anything else stays as it is, so that the check can show it. */
export function asText(value: unknown, spell: (text: string) => string): unknown {
	const set = whenSet(value);
	return typeof set === 'string' ? spell(set) : set;
}

/** A switch from the forms that expressions give it in. Anything else stays as it is. */
export function asSwitch(value: unknown): unknown {
	const set = whenSet(value);
	if (/^true$/i.test(String(set))) return true;
	return /^false$/i.test(String(set)) ? false : set;
}

/** A value as a message can show it: short, on one line, and without what must not be shown. */
export function formatValue(value: unknown, clean: CleanText): string {
	const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'not set');
	const line = clean(text, Infinity);
	if (line === '') return 'empty';
	return line.length > MAX_CHARACTERS ? `${clean(line, MAX_CHARACTERS)}...` : line;
}

/** Several values as a message can show them, separated by commas. */
export function formatList(values: readonly unknown[], clean: CleanText): string {
	const shown = values.slice(0, MAX_LISTED).map((value) => formatValue(value, clean));
	const left = values.length - shown.length;
	return `${shown.join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
}

/** What is wrong with a value, as a sentence: 'Steps' must be ..., but is ... */
export function describeViolation({ label, rule, value }: Violation, clean: CleanText): string {
	const isBlank = typeof value === 'string' && value.trim() === '';
	return `'${label}' ${rule}${isBlank ? '' : `, but is ${formatValue(value, clean)}`}`;
}

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
	if (typeof given !== 'string') return undefined;
	const word = given.trim().toLowerCase();
	return choices.find(({ name, value }) =>
		[value, name].some((each) => each.toLowerCase() === word),
	);
}

/**
 * Advice for a value that looks like an expression: typed by hand, it stays text until the field is
 * switched, while n8n's editor switches a pasted one itself.
 *
 * @param label the parameter that holds the value
 * @returns the advice, or undefined for a value without an expression
 */
export function adviceForExpressionText(label: string, value: string): string | undefined {
	if (!value.includes('{{')) return undefined;
	return `This is text, not an expression. Switch '${label}' from Fixed to Expression; the switch appears when you point at the field.`;
}
