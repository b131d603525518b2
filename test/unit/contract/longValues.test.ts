import fc from 'fast-check';
import { Sanitizer } from '../../../nodes/SiliconFlowImage/contract/sanitize';
import { cpuMs } from '../../support/cpuTime';

/** Values and texts of any length, as a webhook takes them in, where messages quote them. */

const KEY = 'sk-abc/123+==';
const sanitizer = new Sanitizer(KEY);
const LONG = 16 * 1024 * 1024;

describe('A long value costs no more than a short one', () => {
	const list = (count: number) => Array.from({ length: count }, (_, i) => ({ id: i, text: 'abc' }));
	const circle: Record<string, unknown> = { a: 1 };
	circle.self = circle;

	it.each<[string, unknown, RegExp]>([
		['a text', 'x'.repeat(LONG), /^x{60}\.\.\.$/],
		['a text of markup', '<'.repeat(LONG), /^\.\.\.$/],
		['a text of blanks', ' '.repeat(LONG), /^\.\.\.$/],
		['a text of the key', KEY.repeat(LONG / KEY.length), /^\*{60}\.\.\.$/],
		['a text in an object', { text: 'x'.repeat(LONG) }, /^\{"text":"x{51}\.\.\.$/],
		['a list', list(500_000), /^\[\{"id":0,"text":"abc"\},.{37}\.\.\.$/],
		['lists in lists', JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`), /^\[{60}\.\.\.$/],
		['bytes', Buffer.alloc(LONG), /^\{"type":"Buffer","data":\[0,0/],
		['an object that is in itself', circle, /^\{"a":1,"self":\{"a":1/],
		['a number that JSON does not have', 10n, /^10$/],
	])('%s', (_name, value, shown) => {
		expect(sanitizer.value(value)).toMatch(shown);
		const started = cpuMs();
		for (let i = 0; i < 100; i++) sanitizer.value(value);
		expect((cpuMs() - started) / 100).toBeLessThan(5);
	});

	it('and so do the words of an exception', () => {
		const words = `Cannot read ${KEY} of <b>${'x'.repeat(LONG)}</b>`;
		const started = cpuMs();
		for (let i = 0; i < 100; i++)
			expect(sanitizer.text(words, 1000)).toMatch(/^Cannot read \*\*\* of bx+$/);
		expect((cpuMs() - started) / 100).toBeLessThan(5);
	});
});

describe('What is shown of a value', () => {
	it('is the beginning of its JSON', () => {
		fc.assert(
			fc.property(fc.jsonValue(), (value) => {
				const whole = typeof value === 'string' ? value : JSON.stringify(value);
				const line = new Sanitizer().text(whole, 200);
				const shown = new Sanitizer().value(value);
				if (line === '') return expect(shown).toBe('empty');
				expect(shown).toBe(line.length > 60 ? `${new Sanitizer().text(line, 60)}...` : line);
			}),
		);
	});

	it.each<[unknown, string]>([
		[undefined, 'not set'],
		[() => 1, 'not set'],
		[{ a: undefined, b: () => 1, c: 2 }, '{"c":2}'],
		[[undefined, NaN], '[null,null]'],
		[new Date(0), '1970-01-01T00:00:00.000Z'],
		[{ at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
	])('%p is %s', (value, shown) => {
		expect(sanitizer.value(value).replace(/^"|"$/g, '')).toBe(shown);
	});
});

it('A value that cannot say what it is', () => {
	const fail = () => {
		throw new Error('no');
	};
	expect(sanitizer.value({ toJSON: fail })).toBe('{}');
	expect(
		sanitizer.value(Object.defineProperty({ a: 1 }, 'b', { get: fail, enumerable: true })),
	).toBe('{"a":1}');
});

it('No part of the key is left where a long text is cut, wherever that is and whatever is removed', () => {
	const anyPart = KEY.slice(0, 3);
	const harmless = fc.constantFrom('\u200b', '<', ' ', '\u202e', '>', '\ud800');
	fc.assert(
		fc.property(
			fc.constantFrom(60, 100, 500, 1000),
			fc.nat(3_000),
			harmless,
			fc.constantFrom(KEY, encodeURIComponent(KEY)),
			(most, before, filler, key) => {
				// What is removed brings the place of the cut to where people read.
				for (const length of [4 * most + before, 4000 + before, before]) {
					const text = `${filler.repeat(length)}${key.repeat(400)}`;
					for (const shown of [
						sanitizer.text(text, most),
						sanitizer.value({ text }),
						sanitizer.value(text),
					]) {
						expect(shown).not.toContain(anyPart);
					}
				}
			},
		),
		{ numRuns: 300 },
	);
});
