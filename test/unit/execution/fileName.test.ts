import fc from 'fast-check';
import { fileName } from '../../../nodes/SiliconFlowImage/execution/fileNames';

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

describe('The whole name has 255 characters at most', () => {
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
		['', 125],
		['f', 124],
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
					expect(name.length).toBeLessThanOrEqual(255);
					expect(name).toMatch(/^[^\p{Cc}\p{Cs}/\\:]+\.png$/u);
					expect(() => encodeURIComponent(name)).not.toThrow();
				},
			),
		);
	});
});
