import fc from 'fast-check';
import { fileName, numberFiles } from '../../../nodes/SiliconFlowImage/execution/fileNames';
import { anyCharacter } from '../../support/anyCharacter';

/** The names of the files of a run whose items have these names and numbers of images. */
function namesOf(items: ReadonlyArray<readonly [name: string, images: number]>): string[] {
	const jobs = items.map(([name, numberOfImages]) => ({
		output: { fileName: name },
		numberOfImages,
	}));
	const numbers = numberFiles(jobs);
	return jobs.flatMap((job) =>
		Array.from({ length: job.numberOfImages }, (_, index) =>
			fileName(job.output.fileName, numbers.get(job)?.[index], 'png'),
		),
	);
}

it.each<[string, Array<[string, number]>, string[]]>([
	['one image keeps its name', [['', 1]], ['image.png']],
	['one item, several images', [['fox', 2]], ['fox-1.png', 'fox-2.png']],
	[
		'several items without a name',
		[
			['', 1],
			['', 2],
			['', 1],
		],
		['image-1.png', 'image-2.png', 'image-3.png', 'image-4.png'],
	],
	[
		'the same name for all',
		[
			['fox', 1],
			['fox', 1],
		],
		['fox-1.png', 'fox-2.png'],
	],
	[
		'a name of its own for each',
		[
			['fox', 1],
			['owl', 1],
			['', 1],
		],
		['fox.png', 'owl.png', 'image.png'],
	],
	[
		'a name of its own for each, and one has several images',
		[
			['fox', 1],
			['owl', 2],
			['bee', 1],
		],
		['fox.png', 'owl-1.png', 'owl-2.png', 'bee.png'],
	],
	[
		'names that meet again later',
		[
			['fox', 1],
			['owl', 1],
			['fox', 1],
		],
		['fox-1.png', 'owl.png', 'fox-2.png'],
	],
	[
		'names that differ in case',
		[
			['Fox', 1],
			['fox', 1],
		],
		['Fox-1.png', 'fox-2.png'],
	],
	[
		'names that differ in composition',
		[
			['ren\u00e9', 1],
			['rene\u0301', 1],
		],
		['ren\u00e9-1.png', 'ren\u00e9-2.png'],
	],
	[
		'names that differ in the extension that is replaced',
		[
			['fox.png', 1],
			['fox.jpg', 1],
		],
		['fox-1.png', 'fox-2.png'],
	],
	[
		'names that differ in what no name may have',
		[
			['a/b', 1],
			['a:b', 1],
		],
		['a-b-1.png', 'a-b-2.png'],
	],
	[
		'a name that looks like a numbered one',
		[
			['fox', 2],
			['Fox-1', 1],
			['fox-3', 1],
		],
		['fox-2.png', 'fox-4.png', 'Fox-1.png', 'fox-3.png'],
	],
	[
		'the name that files without a name have',
		[
			['', 1],
			['image', 1],
		],
		['image-1.png', 'image-2.png'],
	],
])('%s', (_name, items, expected) => {
	expect(namesOf(items)).toStrictEqual(expected);
});

it('the fallback of a job makes its files', () => {
	const output = { fileName: 'fox' };
	const jobs = [1, 2].map((numberOfImages) => ({
		output,
		numberOfImages,
		fallback: { output, numberOfImages },
	}));
	const numbers = numberFiles(jobs);

	expect(jobs.map(({ fallback }) => numbers.get(fallback))).toStrictEqual([[1], [2, 3]]);
});

it('names that differ only where they are cut', () => {
	const long = 'f'.repeat(250);
	const names = namesOf([
		[`${long}-one`, 1],
		[`${long}-two`, 1],
		['f'.repeat(239), 12],
		[`${'f'.repeat(239)}-1 and more`, 1],
	]);
	expect(new Set(names).size).toBe(15);
	for (const name of names) expect(name.length).toBeLessThanOrEqual(255);
});

it('names of two characters for each letter that differ only where they are cut', () => {
	const long = 'e\u0301'.repeat(200);
	const [one, two] = namesOf([
		[`${long}-one`, 1],
		[`${long}-two`, 1],
	]);
	expect(one).not.toBe(two);
});

it('whatever the names are, no two files have the same, in any case', () => {
	const name = fc.oneof(
		fc.constantFrom('', 'fox', 'Fox', 'fox-1', 'fox-2', 'FOX-1-1', 'fox.png', 'image', 'image-1'),
		fc.constantFrom(238, 239, 240, 241, 250, 251, 255).map((length) => 'f'.repeat(length)),
		fc.constantFrom('-1', '-12', '').map((end) => `${'f'.repeat(239)}${end}`),
		fc.constantFrom('a', 'b', '').map((end) => `${'e\u0301'.repeat(200)}${end}`),
		fc.string({ unit: anyCharacter, maxLength: 5 }),
	);
	const items = fc.array(fc.tuple(name, fc.integer({ min: 1, max: 12 })), { maxLength: 12 });
	fc.assert(
		fc.property(items, (given) => {
			const names = namesOf(given).map((each) => each.normalize('NFC').toLowerCase());
			expect(new Set(names).size).toBe(names.length);
		}),
		{ numRuns: 500 },
	);
});
