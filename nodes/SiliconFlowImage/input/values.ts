import type { Violation } from '../contract/request';

/**
 * Values as expressions give them, often numbers as text and nothing as an empty text, and as
 * messages show them.
 */

/** Undefined for what counts as not set: undefined, null and blank text. */
export function whenSet(value: unknown): unknown {
	if (value === null || value === undefined) return undefined;
	return typeof value === 'string' && value.trim() === '' ? undefined : value;
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

/** A value as a message can show it: short, and on one line. */
export function formatValue(value: unknown): string {
	const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'not set');
	const line = text.replace(/\s+/g, ' ');
	if (line === '') return 'empty';
	return line.length > 60 ? `${line.slice(0, 60)}...` : line;
}

/** What is wrong with a value, as a sentence: 'Steps' must be ..., but is ... */
export function describeViolation({ label, rule, value }: Violation): string {
	const isBlank = typeof value === 'string' && value.trim() === '';
	return `'${label}' ${rule}${isBlank ? '' : `, but is ${formatValue(value)}`}`;
}
