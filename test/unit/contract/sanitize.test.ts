import fc from 'fast-check';
import { keyAsSent } from '../../../nodes/SiliconFlowImage/contract/credential';
import { Sanitizer } from '../../../nodes/SiliconFlowImage/contract/sanitize';
import { anyCharacter } from '../../support/anyCharacter';
import { cpuMs } from '../../support/cpuTime';

const KEY = 'sk-abc/123+==';
const sanitizer = new Sanitizer(KEY);

describe('A text', () => {
	it.each([
		['plain words', 'Model does not exist.', 'Model does not exist.'],
		['other scripts and emoji', '模型不存在 é ☕ 🦊', '模型不存在 é ☕ 🦊'],
		['markup', '<a href="//evil.example">Log in</a>', 'a href="//evil.example"Log in/a'],
		['markup that hides in markup', '<<b>a>', 'ba'],
		['line breaks and tabs', ' a\r\n\tb\u2028c\u2029d ', 'a b c d'],
		['escape sequences of terminals', 'a\u001b[31mb\u0007\u009b1m', 'a[31mb1m'],
		['NUL and delete', 'a\0b\u007fc', 'abc'],
		['turned direction', 'a\u202egnp.exe\u2066b\u061c', 'agnp.exeb'],
		['characters that nobody sees', 'a\u200b\u200d\ufeff\u00ad\u2060b', 'ab'],
		['tags that nobody sees', 'a\u{e0041}\u{e0042}b', 'ab'],
		['halves of surrogate pairs', 'a\ud83db\udd8ac', 'abc'],
		['halves that removal would join', '\ud83e\u200b\udd8a', ''],
		['the key', `Key ${KEY} given`, 'Key *** given'],
		['the key in JSON of PHP', `"${KEY.replaceAll('/', '\\/')}"`, '"***"'],
		['the key in a URL', `?key=${encodeURIComponent(KEY)}`, '?key=***'],
		['the key with a character inside', `sk-\u200babc/\u202e123+==`, '***'],
		['the key with markup inside', 'sk-<>abc/<1>23+==', '***'],
	])('%s', (_name, text, shown) => {
		expect(sanitizer.text(text, 1000)).toBe(shown);
	});

	it.each([
		['where the key begins', `aa${KEY}bb`, 3, 'aa*'],
		['within the key', `aa${KEY}bb`, 6, 'aa***b'],
		['within a key with a character inside', `aask-\u200babc/123+==bb`, 6, 'aa***b'],
		['within a surrogate pair', 'ab🦊', 3, 'ab'],
		['behind a surrogate pair', 'ab🦊c', 4, 'ab🦊'],
	])('cuts a text %s', (_name, text, most, shown) => {
		expect(sanitizer.text(text, most)).toBe(shown);
	});

	it('leaves nothing harmful of any text, and nothing to do for another pass', () => {
		const anything = fc.string({ unit: anyCharacter });
		const pieces = fc.array(fc.oneof(anything, fc.constantFrom(KEY, '<', '\ud800', '\u200b')));
		fc.assert(
			fc.property(pieces, fc.nat(100), (parts, most) => {
				const shown = sanitizer.text(parts.join(''), most);
				expect(shown).not.toMatch(/[<>\p{Cc}\p{Cf}\p{Cs}]/u);
				expect(shown).not.toContain(KEY);
				expect(shown.length).toBeLessThanOrEqual(most);
				expect(sanitizer.text(shown, most)).toBe(shown.trim());
			}),
		);
	});

	it('takes linear time', () => {
		const started = cpuMs();
		for (const piece of ['<', '\u200b', ' ', 'sk-', '\ud800', '\n<']) {
			sanitizer.text(piece.repeat(1_000_000), 100);
		}
		expect(cpuMs() - started).toBeLessThan(10_000);
	});
});

describe('A link', () => {
	const signed = `https://a.example/1.png?X-Amz-Signature=${'0a'.repeat(3000)}&x=%2Fb%20c#d`;

	it('stays whole', () => {
		expect(sanitizer.link(signed)).toBe(signed);
	});

	it('has no markup, no invisible characters and no key, and leads to the same place', () => {
		const key = `${KEY}456`;
		const url = `https://a.example/<b>\u202e\u001bx\ud800?key=${key}`;
		const shown = new Sanitizer(key).link(url);

		expect(shown).toBe('https://a.example/%3Cb%3E%E2%80%AE%1Bx?key=***');
		expect(new URL(shown).pathname).toBe(new URL('https://a.example/<b>\u202e\u001bx').pathname);
	});

	it.each(['test', 'image', 'https', 'api', 'sk-123456789012'])(
		'stays whole with the key of a gateway in it: %s',
		(key) => {
			const url = `https://images.example/test/api/sk-123456789012.png?${key}`;

			expect(new Sanitizer(key).link(url)).toBe(url);
			expect(new Sanitizer(key).link(`${url}<`)).toBe(`${url}%3C`);
		},
	);

	it.each(['sk-1234567890123', 'sk-12345678901234567890'])('has no key such as %s', (key) => {
		expect(new Sanitizer(key).link(`https://a.example/${key}.png`)).toBe(
			'https://a.example/***.png',
		);
	});
});

it.each([
	['', ''],
	['  Bearer sk-1\u200b ', 'sk-1'],
	['sk-1', 'sk-1'],
])('The key %j is sent as %j', (typed, sent) => {
	expect(keyAsSent(typed)).toBe(sent);
});

it('A key of fewer than 4 characters is not redacted, because it may be part of any word', () => {
	expect(new Sanitizer('abc').redact('abc')).toBe('abc');
	expect(new Sanitizer('abcd').redact('abcd')).toBe('***');
});
