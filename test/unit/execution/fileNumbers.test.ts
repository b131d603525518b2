import fc from 'fast-check';
import type { IContextObject, IExecuteFunctions } from 'n8n-workflow';
import {
	fileName,
	nameFilesOfRun,
	numberFiles,
	type FileNumbers,
	type NamedJob,
} from '../../../nodes/SiliconFlowImage/execution/fileNames';
import { cpuMs } from '../../support/cpuTime';
import { anyCharacter } from '../../support/anyCharacter';

type Items = ReadonlyArray<readonly [name: string, images: number]>;

/** The names of the files of a run whose items have these names and numbers of images. */
function namesOf(
	items: Items,
	number: (jobs: readonly NamedJob[]) => FileNumbers = numberFiles,
): string[] {
	const jobs = items.map(([name, numberOfImages]) => ({
		output: { fileName: name },
		numberOfImages,
	}));
	const numbers = number(jobs);
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
		'names that differ in the form of a small letter only',
		[
			['ΟΔΟΣ', 1],
			['οδοσ', 1],
		],
		['ΟΔΟΣ-1.png', 'οδοσ-2.png'],
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

const anyItems = (() => {
	const name = fc.oneof(
		fc.constantFrom('', 'fox', 'Fox', 'fox-1', 'fox-2', 'FOX-1-1', 'fox.png', 'image', 'image-1'),
		fc.constantFrom(238, 239, 240, 241, 250, 251, 255).map((length) => 'f'.repeat(length)),
		fc.constantFrom('-1', '-12', '').map((end) => `${'f'.repeat(239)}${end}`),
		fc.constantFrom('a', 'b', '').map((end) => `${'e\u0301'.repeat(200)}${end}`),
		fc.string({ unit: anyCharacter, maxLength: 5 }),
		fc.constantFrom('a', 'b', '').map((end) => `${'\u72d0'.repeat(83)}${end}`),
		fc.constantFrom(77, 78, 79, 80, 81).map((length) => `x${'\u72d0'.repeat(length)}-1`),
		fc.constantFrom('x', '', '...').map((end) => `f${' '.repeat(260)}${end}`),
		fc.constantFrom('con', 'CON.x', 'image-con', '.fox', 'fox.', 'f<o>x'),
	);
	return fc.array(fc.tuple(name, fc.integer({ min: 1, max: 12 })), { maxLength: 12 });
})();

it('whatever the names are, no two files have the same, in any case', () => {
	fc.assert(
		fc.property(anyItems, (given) => {
			const names = namesOf(given).map((each) => each.normalize('NFC').toLowerCase());
			expect(new Set(names).size).toBe(names.length);
		}),
		{ numRuns: 500 },
	);
});

/** A step of an execution, of which n8n gives the number of the run, and what the step has stored. */
function stepOf(stored: IContextObject = {}) {
	let kept = stored;
	return {
		run: (runIndex: number, items: Items) => {
			// Between two runs, n8n may have written it to its database.
			kept = JSON.parse(JSON.stringify(kept)) as IContextObject;
			const context = {
				getContext: () => kept,
				getWorkflowDataProxy: () => ({ $runIndex: runIndex }),
			} as unknown as IExecuteFunctions;
			return namesOf(items, (jobs) => nameFilesOfRun(context, jobs));
		},
	};
}

describe('In a loop', () => {
	const passes = (each: readonly Items[]) => {
		const step = stepOf();
		return each.map((items, i) => step.run(i, items));
	};

	it('a name that an earlier pass used is numbered by the pass', () => {
		expect(passes([[['', 1]], [['', 1]], [['', 1]]])).toStrictEqual([
			['image.png'],
			['image-2.png'],
			['image-3.png'],
		]);
	});

	it('names that differ by themselves stay as they are', () => {
		expect(passes([[['fox', 1]], [['owl', 1]], [['bee', 1]]])).toStrictEqual([
			['fox.png'],
			['owl.png'],
			['bee.png'],
		]);
	});

	it('several images a pass are numbered on', () => {
		expect(passes([[['', 2]], [['', 2]], [['', 1]]])).toStrictEqual([
			['image-1.png', 'image-2.png'],
			['image-3.png', 'image-4.png'],
			['image-5.png'],
		]);
	});

	it('a number that is the name of an earlier pass is left out', () => {
		const owls: Items = [
			['owl', 1],
			['owl-2', 1],
			['owl-3', 1],
		];
		expect(passes([owls, [['Owl', 1]], [['owl-2', 1]]])).toStrictEqual([
			['owl.png', 'owl-2.png', 'owl-3.png'],
			['Owl-4.png'],
			['owl-2-3.png'],
		]);
	});

	it('a pass that is tried again has the same names', () => {
		const step = stepOf();
		step.run(0, [['', 1]]);

		expect(step.run(1, [['', 1]])).toStrictEqual(['image-2.png']);
		expect(step.run(1, [['', 1]])).toStrictEqual(['image-2.png']);
		expect(step.run(2, [['', 1]])).toStrictEqual(['image-3.png']);
	});

	it('passes that named nothing are no earlier ones', () => {
		const step = stepOf();

		expect(step.run(4, [['fox', 1]])).toStrictEqual(['fox.png']);
		expect(step.run(7, [['fox', 1]])).toStrictEqual(['fox-8.png']);
	});

	it.each([
		{ fileNames: 'fox' },
		{ fileNames: { 0: ['fox'] } },
		{ fileNames: [null, 7, 'owl', [{}, null]] },
	])('what stands in the place of the names does no harm: %j', (stored) => {
		expect(stepOf(stored).run(3, [['fox', 1]])).toStrictEqual(['fox.png']);
	});

	it('whatever the names are, no two files have the same, in any case', () => {
		fc.assert(
			fc.property(fc.array(anyItems, { maxLength: 4 }), (each) => {
				const names = passes(each)
					.flat()
					.map((name) => name.normalize('NFC').toLowerCase());
				expect(new Set(names).size).toBe(names.length);
			}),
			{ numRuns: 100 },
		);
	});

	it('the thousandth pass costs no more than a few milliseconds', () => {
		const namesOfRun = (run: number) => [1, 2, 3, 4].map((n) => `image-${run * 4 + n}`);
		const fileNames = Array.from({ length: 1000 }, (_, i) => ['image', ...namesOfRun(i)]);
		const step = stepOf({ fileNames });
		const start = cpuMs();
		const names = step.run(1000, [['', 4]]);

		expect(names[0]).toBe('image-4001.png');
		expect(cpuMs() - start).toBeLessThan(100);
	});
});

it.each(['a', ' ', '.', '<', '\u0000', 'e\u0301', '\u72d0'])(
	'a name of a million times %j costs no more than a few milliseconds',
	(unit) => {
		const start = cpuMs();
		const [name] = namesOf([[`f${unit.repeat(1_000_000)}g`, 1]]);

		expect(cpuMs() - start).toBeLessThan(100);
		expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
	},
);
