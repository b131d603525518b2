import fc from 'fast-check';

const HALVES = 0x800;
const FIRST_HALF = 0xd800;

/**
 * Any character of Unicode, as the unit of `fc.string`. fast-check's own `binary` keeps a table of a
 * million characters.
 */
export const anyCharacter = fc
	.nat(0x10ffff - HALVES)
	.map((index) => String.fromCodePoint(index < FIRST_HALF ? index : index + HALVES), indexOf);

/** Throws for what is no single character, so that fast-check knows that it cannot come up. */
function indexOf(character: unknown): number {
	const [only = '', ...more] = String(character);
	const point = only.codePointAt(0);
	const isHalf = /^\p{Cs}$/u.test(only);
	if (point === undefined || more.length > 0 || isHalf) throw new Error('Not one character');
	return point < FIRST_HALF ? point : point - HALVES;
}
