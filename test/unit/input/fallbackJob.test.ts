import type { IExecuteFunctions } from 'n8n-workflow';
import {
	capabilitiesOf,
	inputImageNames,
	modelIdsFor,
} from '../../../nodes/SiliconFlowImage/contract/catalog';
import type { Region } from '../../../nodes/SiliconFlowImage/contract/credential';
import { InlineImage } from '../../../nodes/SiliconFlowImage/contract/inlineImage';
import { OPERATION_NAMES } from '../../../nodes/SiliconFlowImage/contract/operations';
import { buildBody } from '../../../nodes/SiliconFlowImage/contract/request';
import { WITHOUT_KEY } from '../../../nodes/SiliconFlowImage/contract/sanitize';
import { fallbackJob } from '../../../nodes/SiliconFlowImage/input/fallbackJob';
import type { InputImage } from '../../../nodes/SiliconFlowImage/input/inputImage';
import { InputItem } from '../../../nodes/SiliconFlowImage/input/inputItem';
import type { Job } from '../../../nodes/SiliconFlowImage/input/readJob';

/** What is asked of the fallback in place of the model that was chosen. */

const KOLORS = 'Kwai-Kolors/Kolors';
const QWEN = 'Qwen/Qwen-Image';
const Z_TURBO = 'Tongyi-MAI/Z-Image-Turbo';
const QWEN_EDIT = 'Qwen/Qwen-Image-Edit';
const KONTEXT = 'black-forest-labs/FLUX.1-Kontext-pro';
const PRO = 'black-forest-labs/FLUX-1.1-pro';
const ULTRA = 'black-forest-labs/FLUX-1.1-pro-Ultra';
const FLEX = 'black-forest-labs/FLUX.2-flex';
const UNKNOWN = 'Acme/Tomorrow-1';

const item = new InputItem({} as IExecuteFunctions, 0, WITHOUT_KEY);
const image: InputImage = {
	item,
	title: 'an image',
	check: async () => undefined,
	identity: async () => ({ key: 'image', isCertain: true }),
	load: async () => new InlineImage('image/png', Buffer.from('image')),
};

type Given = Omit<Partial<Job>, 'values'> & { values?: Partial<Job['values']> };

function jobFor(id: string, given: Given = {}): Job {
	const model = capabilitiesOf(id, 'custom');
	return {
		items: [item],
		item,
		operation: 'generate',
		model,
		images: [],
		matchesInput: false,
		numberOfImages: 3,
		additionalFields: {},
		watermark: false,
		output: { download: true, field: 'data', fileName: 'fox', includeInputFields: true },
		hints: ['a hint of the model that was chosen'],
		...given,
		values: { prompt: 'a fox', fields: {}, ...given.values },
	};
}

const fallbackFor = (job: Job, id: string) =>
	fallbackJob(job, capabilitiesOf(id, 'custom'), job.images);

it('All but the model, its values and its hints is that of the job', () => {
	const job = jobFor(QWEN, { values: { fields: { seed: 7 } } });
	const made = fallbackFor(job, KOLORS);

	expect(made).toStrictEqual({
		...job,
		model: capabilitiesOf(KOLORS, 'custom'),
		values: { prompt: 'a fox', size: '1024x1024', fields: { seed: 7 } },
		hints: [expect.stringContaining('1328x1328')],
	});
	expect(made.output).toBe(job.output);
});

describe('The size', () => {
	it.each<[chosen: string, size: string | undefined, fallback: string, expected: unknown]>([
		// The recommended size of the same shape, also where the service takes others.
		[QWEN, '1664x928', KOLORS, '1280x720'],
		[QWEN, '928x1664', KOLORS, '720x1280'],
		[QWEN, '1328x1328', KOLORS, '1024x1024'],
		// Kolors has two of this shape, and this is the nearer one in area.
		[QWEN, '1140x1472', KOLORS, '960x1280'],
		[PRO, '768x1024', KOLORS, '768x1024'],
		[KOLORS, '960x1280', QWEN, '1140x1472'],
		// The shape decides, whatever the area.
		[KOLORS, '300x200', QWEN, '1584x1056'],
		[QWEN, undefined, KOLORS, '1024x1024'],
		[PRO, undefined, KOLORS, '1024x768'],
		// Nothing is known about the sizes of this one.
		[QWEN, '1664x928', UNKNOWN, '1664x928'],
		[QWEN, undefined, UNKNOWN, undefined],
		[UNKNOWN, undefined, KOLORS, undefined],
		[QWEN_EDIT, undefined, KOLORS, undefined],
		[QWEN, '1664x928', QWEN_EDIT, undefined],
	])('%s, %s becomes with %s: %s', (chosen, size, fallback, expected) => {
		const { values } = fallbackFor(jobFor(chosen, { values: { size } }), fallback);

		expect(values.size).toBe(expected);
		expect(values.fields).toStrictEqual({});
	});

	it.each<[string, Partial<Job['values']>, string, string[]]>([
		[
			QWEN,
			{ size: '1664x928' },
			KOLORS,
			[`'Image Size': ${KOLORS} does not have 1664x928, so the nearest size was used (1280x720)`],
		],
		[QWEN, { size: '1328x1328' }, UNKNOWN, []],
		[PRO, { size: '768x1024' }, KOLORS, []],
		[
			QWEN,
			{},
			KOLORS,
			[`'Image Size': ${KOLORS} does not have 1328x1328, so the nearest size was used (1024x1024)`],
		],
		[
			QWEN,
			{ size: '1664x928' },
			KONTEXT,
			[`'Image Size': ${KONTEXT} takes no size, so 'Aspect Ratio' was used for 1664x928 (16:9)`],
		],
		[
			QWEN,
			{ size: '1664x928' },
			QWEN_EDIT,
			[`${QWEN_EDIT} does not take 'Image Size', so it was left out`],
		],
		[
			KONTEXT,
			{ fields: { aspect_ratio: '16:9' } },
			KOLORS,
			[`'Aspect Ratio': ${KOLORS} takes no ratio, so the size nearest to 16:9 was used (1280x720)`],
		],
		[
			KONTEXT,
			{ fields: { aspect_ratio: '16:9' } },
			QWEN_EDIT,
			[`${QWEN_EDIT} does not take 'Aspect Ratio', so it was left out`],
		],
		[KONTEXT, { fields: { aspect_ratio: '16:9' } }, ULTRA, []],
	])('%s with %j: what %s is asked for is said', (chosen, values, fallback, hints) => {
		expect(fallbackFor(jobFor(chosen, { values }), fallback).hints).toStrictEqual(hints);
	});

	it('becomes a ratio for a model that takes no size, and a size for one that takes no ratio', () => {
		const size = jobFor(QWEN, { values: { size: '928x1664', fields: { seed: 7 } } });
		const ratio = jobFor(KONTEXT, { values: { fields: { aspect_ratio: '9:16', seed: 7 } } });

		expect(fallbackFor(size, KONTEXT).values).toStrictEqual({
			prompt: 'a fox',
			size: undefined,
			fields: { seed: 7, aspect_ratio: '9:16' },
		});
		expect(fallbackFor(ratio, PRO).values).toStrictEqual({
			prompt: 'a fox',
			size: '800x1408',
			fields: { seed: 7 },
		});
		expect(fallbackFor(ratio, ULTRA).values.fields).toStrictEqual({
			aspect_ratio: '9:16',
			seed: 7,
		});
	});

	it.each([
		['that of the input image stays so', KOLORS, true, PRO, true],
		['a model that chooses it itself gives way to the input image', QWEN_EDIT, false, KOLORS, true],
		['a model without sizes sees the image itself', KOLORS, true, QWEN_EDIT, false],
		['of an unknown model it is left to the model', KOLORS, true, UNKNOWN, false],
	])('of an edit: %s', (_name, chosen, matchesInput, fallback, expected) => {
		const job = jobFor(chosen, { operation: 'edit', images: [image], matchesInput });
		const made = fallbackFor(job, fallback);

		expect(made.matchesInput).toBe(expected);
		expect(made.values.size).toBeUndefined();
		expect(made.hints).toStrictEqual([]);
	});

	it('of an edit that was chosen is kept', () => {
		const job = jobFor(KOLORS, {
			operation: 'edit',
			images: [image],
			values: { size: '1440x720' },
		});

		expect(fallbackFor(job, PRO)).toMatchObject({
			matchesInput: false,
			values: { size: '1408x800' },
		});
	});
});

describe('The fields', () => {
	it('that the fallback does not take are left out', () => {
		const fields = { seed: 7, cfg: 4, negative_prompt: 'blur', num_inference_steps: 50 };
		const { values, hints } = fallbackFor(jobFor(QWEN, { values: { fields } }), Z_TURBO);

		expect(values.fields).toStrictEqual({ seed: 7, negative_prompt: 'blur' });
		expect(hints).toEqual(
			expect.arrayContaining([
				`${Z_TURBO} does not take 'CFG Scale', so it was left out`,
				`${Z_TURBO} does not take 'Steps', so it was left out`,
			]),
		);
	});

	it('whose value the fallback does not take are left out, too', () => {
		const fields = { cfg: 4, num_inference_steps: 80 };
		const { values, hints } = fallbackFor(jobFor(QWEN, { values: { fields } }), FLEX);

		expect(values.fields).toStrictEqual({ cfg: 4 });
		expect(hints).toContain(
			`'Steps' of ${FLEX} must be a whole number from 1 to 50, so it was left out`,
		);
	});

	it('of Additional Body Fields are none of the fallback', () => {
		const { additionalFields, hints } = fallbackFor(
			jobFor(KOLORS, { additionalFields: { style: 'ink' } }),
			UNKNOWN,
		);

		expect(additionalFields).toStrictEqual({});
		expect(hints).toStrictEqual([
			`'Additional Body Fields' were left out for ${UNKNOWN}, because they were set for ${KOLORS}`,
		]);
	});
});

it('Whatever the models are, the request keeps the contract', () => {
	let pairs = 0;
	const all = { seed: 7, num_inference_steps: 100, cfg: 20, safety_tolerance: 6, raw: true };
	const ids = (operation: Job['operation'], region: Region) => [
		...modelIdsFor(operation, region),
		UNKNOWN,
	];
	for (const region of ['cn', 'com', 'custom'] as const) {
		for (const operation of OPERATION_NAMES) {
			for (const chosen of ids(operation, region)) {
				for (const id of ids(operation, region)) {
					const model = capabilitiesOf(id, region);
					const images = inputImageNames(model, operation).length > 0 ? [image] : [];
					for (const size of [undefined, '1024x768', '1664x928']) {
						const values = { size, fields: { ...all, aspect_ratio: '4:3' } };
						const job = jobFor(chosen, { operation, images, values });
						const made = fallbackJob(job, model, images);
						const placeholders = images.map(() => 'data:image/png;base64,');
						const body = { ...made.values, images: placeholders };

						expect(buildBody(model, operation, body)).toHaveProperty('body');
						pairs++;
					}
				}
			}
		}
	}
	expect(pairs).toBeGreaterThan(500);
});
