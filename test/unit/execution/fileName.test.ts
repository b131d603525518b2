import fc from 'fast-check';
import { fileName, numberFiles } from '../../../nodes/SiliconFlowImage/execution/fileNames';
import { cpuMs } from '../../support/cpuTime';

const FOX = '\u{1f98a}';

/** Any UTF-16 units, so also halves of surrogate pairs. */
const anyUnits = fc
	.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 300 })
	.map((units) => String.fromCharCode(...units));

describe('The name that was set gets the true extension', () => {
	it.each([
		['', undefined, 'image.png'],
		['', 2, 'image-2.png'],
		['fox', undefined, 'fox.png'],
		['fox', 12, 'fox-12.png'],
		['fox.png', undefined, 'fox.png'],
		['fox.JPEG', undefined, 'fox.png'],
		['fox.tiff', undefined, 'fox.png'],
		['fox.heic', undefined, 'fox.png'],
		['fox.txt', undefined, 'fox.txt.png'],
		['.png', undefined, 'image.png'],
		['狐狸.webp', 1, '狐狸-1.png'],
		[`${FOX}.png`, undefined, `${FOX}.png`],
	])('%j, number %j', (asked, number, expected) => {
		expect(fileName(asked, number, 'png')).toBe(expected);
	});
});

describe('What no file name should have is taken out', () => {
	it.each([
		['separators', 'a/b\\c//d', 'a-b-c-d.png'],
		['a colon', 'C:\\fox: red', 'C-fox- red.png'],
		['line breaks', 'a\r\nb\u2028c', 'a b c.png'],
		['NUL and other controls', 'a\0b\x1b[31mc\x7fd', 'a b [31mc d.png'],
		['half a surrogate pair', `a\ud83eb\udd8ac${FOX}`, `abc${FOX}.png`],
		['marks that turn text around', 'a\u202egnp.b\u2066', 'agnp.b.png'],
		['a byte order mark', '\ufefffox', 'fox.png'],
		['nothing else', ' \n\0 ', 'image.png'],
	])('%s', (_name, asked, expected) => {
		expect(fileName(asked, undefined, 'png')).toBe(expected);
	});
});

describe('Every system takes the name', () => {
	it.each([
		['what Windows forbids', '<a> "b"? *c*', 'a b c.png'],
		['a pipe', 'a|b', 'a-b.png'],
		['nothing but what Windows forbids', '"???"', 'image.png'],
		['a device', 'CON', 'image-CON.png'],
		['a device with an extension', 'nul.jpg', 'image-nul.png'],
		['a device before a dot', 'aux.2026', 'image-aux.2026.png'],
		['a device with a blank behind', 'Prn .x', 'image-Prn .x.png'],
		['a numbered device', 'com1', 'image-com1.png'],
		['a device with a raised digit', 'LPT\u00b2', 'image-LPT\u00b2.png'],
		['a device once the brackets are gone', '<con>', 'image-con.png'],
		['a word that begins like a device', 'console', 'console.png'],
		['a device that is not alone', 'con-1', 'con-1.png'],
		['a leading dot', '.htaccess', 'htaccess.png'],
		['leading dots and blanks', ' .. \u3000.fox', 'fox.png'],
		['a folder', '../../etc/passwd', '-..-etc-passwd.png'],
		['trailing dots and blanks', 'fox. . ', 'fox.png'],
		['a trailing dot before the extension', 'fox..png', 'fox.png'],
		['a trailing dot behind the extension', 'fox.png.', 'fox.png'],
		['dots alone', '...', 'image.png'],
		['an accent behind what is taken out', 'e<\u0301', '\u00e9.png'],
	])('%s', (_name, asked, expected) => {
		expect(fileName(asked, undefined, 'png')).toBe(expected);
	});

	it.each(['a & b', "o'fox", 'fox #1', 'a  b', '50%', '[x] (1)', '\u72d0\u72f8\u3000\u4e00'])(
		'%s stays',
		(asked) => {
			expect(fileName(asked, undefined, 'png')).toBe(`${asked}.png`);
		},
	);

	it.each<[string, string, number | undefined]>([
		['Chinese', '\u72d0'.repeat(90), undefined],
		['Chinese with a number', '\u72d0'.repeat(90), 12345],
		['Cyrillic', '\u043b\u0438\u0441\u0430'.repeat(60), undefined],
		['emoji', FOX.repeat(100), 2],
	])('%s: 255 bytes at most', (_name, asked, number) => {
		const name = fileName(asked, number, 'webp');

		expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
		expect(Buffer.byteLength(name)).toBeGreaterThan(248);
		expect(name).not.toContain('\ufffd');
	});

	it('a cut leaves no dot or blank at the end', () => {
		const asked = `${'f'.repeat(240)} ... ${'g'.repeat(99)}`;

		expect(fileName(asked, 100_000, 'webp')).toBe(`${'f'.repeat(240)}-100000.webp`);
	});
});

describe('The whole name has 255 bytes at most', () => {
	it.each<[string, string, number | undefined]>([
		['a long one', 'f'.repeat(300), undefined],
		['a long one with an extension', `${'f'.repeat(300)}.png`, undefined],
		['a long one with a number', 'f'.repeat(300), 100],
		['exactly as long', 'f'.repeat(251), undefined],
	])('%s', (_name, asked, number) => {
		const name = fileName(asked, number, 'png');

		expect(name).toHaveLength(255);
		expect(name.endsWith(number === undefined ? 'f.png' : 'f-100.png')).toBe(true);
	});

	it.each([
		['', 62],
		['f', 62],
		['ff', 62],
		['fff', 61],
	])('and is not cut within a character: after %j', (before, foxes) => {
		const name = fileName(`${before}${FOX.repeat(200)}`, undefined, 'webp');

		expect(name).toBe(`${before}${FOX.repeat(foxes)}.webp`);
	});

	it('whatever was set', () => {
		fc.assert(
			fc.property(
				anyUnits,
				fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined }),
				(asked, number) => {
					const name = fileName(asked, number, 'png');
					expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
					expect(name).toMatch(/^[^\p{Cc}\p{Cs}/\\:<>"|?*]+\.png$/u);
					expect(name).toMatch(/^[^.\s].*[^.\s]\.png$|^[^.\s]\.png$/su);
					expect(name).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)\./i);
					expect(() => encodeURIComponent(name)).not.toThrow();
				},
			),
		);
	});
});

it.each<[string, string]>([
	['dots', `${'.'.repeat(990)}x`],
	['blanks', `fox${' '.repeat(980)}x`],
	['a device and blanks', `con${' '.repeat(980)}x`],
	['dots and blanks', `${'. '.repeat(490)}x`],
])('hundreds of names of %s are numbered at once', (_name, asked) => {
	const jobs = Array.from({ length: 500 }, (_, i) => ({
		numberOfImages: 4,
		output: { fileName: `${asked}${i}` },
	}));
	const started = cpuMs();
	numberFiles(jobs);
	expect(cpuMs() - started).toBeLessThan(500);
});
