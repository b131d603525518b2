import { withoutHalves } from '../contract/sanitize';
import { asFinite, asRecord } from '../contract/unknownJson';

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

/** An expression is short; what is longer is no more looked for one. */
const MAX_EXPRESSION_CHARACTERS = 1000;

/** Braces around one of n8n's own names, such as {{ $json.prompt }}. */
const EXPRESSION = /\{\{[^{}]{0,200}\$[A-Za-z(]/;

/** One of n8n's own names that has lost its braces, or one of the two, and nothing else. */
const BARE_EXPRESSION =
	/^=?\s*\{?\s*\$(?:(?:json|input|binary|node|item)\s?[.[(]\S*|\(["'][^{}]*)\s*\}?$/;

/** Whether a text is, or has inside, an expression of n8n that was not resolved. */
export function isExpressionText(text: string): boolean {
	return (
		EXPRESSION.test(text) ||
		(text.length <= MAX_EXPRESSION_CHARACTERS && BARE_EXPRESSION.test(text.trim()))
	);
}

/**
 * Advice for a value that looks like an expression: typed by hand, it stays text until the field is
 * switched, while n8n's editor switches a pasted one itself.
 *
 * @param label the parameter that holds the value
 * @returns the advice, or undefined for a value without an expression
 */
export function adviceForExpressionText(label: string, value: unknown): string | undefined {
	if (typeof value !== 'string' || !value.includes('{{')) return undefined;
	return `This is text, not an expression. Switch '${label}' from Fixed to Expression; the switch appears when you point at the field.`;
}
