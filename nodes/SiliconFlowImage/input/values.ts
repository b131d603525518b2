/** Expressions often give numbers as text, and nothing as an empty text. */

/** Undefined for what counts as not set: undefined, null and blank text. */
export function whenSet(value: unknown): unknown {
	if (value === null || value === undefined) return undefined;
	return typeof value === 'string' && value.trim() === '' ? undefined : value;
}

/** A number out of its text form, anything else unchanged, so that the check can name it. */
export function asNumber(value: unknown): unknown {
	const set = whenSet(value);
	if (typeof set !== 'string') return set;
	const number = Number(set);
	return Number.isNaN(number) ? set : number;
}

/** A switch out of the forms that expressions give it in, anything else unchanged. */
export function asSwitch(value: unknown): unknown {
	const set = whenSet(value);
	if (/^true$/i.test(String(set))) return true;
	return /^false$/i.test(String(set)) ? false : set;
}

/** A value as it can be shown in a message: short, and on one line. */
export function shown(value: unknown): string {
	const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'not set');
	const line = text.replace(/\s+/g, ' ');
	if (line === '') return 'empty';
	return line.length > 60 ? `${line.slice(0, 60)}...` : line;
}
