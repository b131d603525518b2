import type { INodeParameters, INodePropertyOptions } from 'n8n-workflow';
import { SiliconFlowImage } from '../../nodes/SiliconFlowImage/SiliconFlowImage.node';
import { MODELS } from '../../nodes/SiliconFlowImage/contract/models';
import { byId, picked, shownFields } from './panel';

/** Image Size: the list for each model, and when Width and Height are shown. */

const { description } = new SiliconFlowImage();

const FLUX_2 = ['512x512', '768x1024', '1024x768', '576x1024', '1024x576'];
const TALL = ['1024x1024', '960x1280', '768x1024', '720x1440', '720x1280', 'custom'];

/** What the list offers, and the default of a new step. */
type List = readonly [string[], string];

/** Written by hand for these models; the others have exactly the sizes of their row. */
const BY_HAND: Readonly<Record<string, List>> = {
	'Kwai-Kolors/Kolors': [TALL, '1024x1024'],
	'Qwen/Qwen-Image': [
		'1328x1328 1664x928 928x1664 1472x1140 1140x1472 1584x1056 1056x1584 custom'.split(' '),
		'1328x1328',
	],
	'Tongyi-MAI/Z-Image': [
		'1024x1024 512x512 768x1024 1024x768 576x1024 1024x576 custom'.split(' '),
		'1024x1024',
	],
	'Tongyi-MAI/Z-Image-Turbo': [
		// The sites have different defaults, because the international one refuses 1024x1024.
		'modelDefault 1024x1024 512x512 768x1024 1024x768 576x1024 1024x576 custom'.split(' '),
		'modelDefault',
	],
	'black-forest-labs/FLUX.2-pro': [FLUX_2, '512x512'],
	'black-forest-labs/FLUX.2-flex': [FLUX_2, '512x512'],
	'black-forest-labs/FLUX-1.1-pro': [
		['1024x768', '768x1024', '1024x1024', '1408x800', '800x1408', 'custom'],
		'1024x768',
	],
	'black-forest-labs/FLUX-1.1-pro-Ultra': [TALL, '1024x1024'],
	'black-forest-labs/FLUX.1-schnell': [
		['1024x1024', '512x1024', '768x512', '768x1024', '1024x576', '576x1024'],
		'1024x1024',
	],
	'black-forest-labs/FLUX.1-dev': [TALL, '1024x1024'],
};
const others = MODELS.filter(({ id }) => !Object.hasOwn(BY_HAND, id));
const byRow = others.flatMap(({ id, size }): Array<[string, List]> => {
	const list = [...(size?.sizes ?? []), ...(size?.listedOnly ? [] : ['custom'])];
	return size ? [[id, [list, size.sizes[0]]]] : [];
});
const LISTED = [...Object.entries(BY_HAND), ...byRow].map(
	([id, [list, first]]) => [id, list, first] as const,
);
const WITH_CUSTOM = LISTED.filter(([, list]) => list.includes('custom')).map(([id]) => id);
const CLOSED = LISTED.filter(([, list]) => !list.includes('custom')).map(([id]) => id);
const WITHOUT_SIZE = MODELS.map(({ id }) => id).filter(
	(id, i, ids) => ids.indexOf(id) === i && !LISTED.some(([listed]) => listed === id),
);
const UNDECIDED = [
	['an id that is not in the table', byId('Acme/Tomorrow-1')],
	['an expression', byId('={{ $json.model }}')],
] as const;

const shown = (values: INodeParameters, name: string) =>
	shownFields(description, values).filter((field) => field.name === name);
const valuesOf = (options: unknown) =>
	(options as INodePropertyOptions[]).map(({ value }) => value);
const sidesFor = (model: INodeParameters[string], imageSize: string) =>
	['width', 'height'].flatMap((name) => shown({ operation: 'generate', model, imageSize }, name));

it('Models that choose the size themselves are those that edit or take a ratio', () => {
	expect(WITHOUT_SIZE).toEqual(
		expect.arrayContaining([
			'Qwen/Qwen-Image-Edit',
			'Qwen/Qwen-Image-Edit-2509',
			'black-forest-labs/FLUX.1-Kontext-max',
			'black-forest-labs/FLUX.1-Kontext-pro',
			'black-forest-labs/FLUX.1-Kontext-dev',
		]),
	);
});

const EDITORS = new Set(MODELS.filter(({ images }) => images).map(({ id }) => id));

it.each(LISTED)(
	'%s has one list of its own sizes; Edit starts with the shape of the input',
	(...row) => {
		const [id, list, first] = row;
		const model = picked(id);
		const ofGenerate = shown({ operation: 'generate', model }, 'imageSize');
		const ofEdit = shown({ operation: 'edit', model }, 'imageSize');

		expect([ofGenerate.length, ofEdit.length]).toStrictEqual([1, 1]);
		expect(valuesOf(ofGenerate[0].options)).toStrictEqual(list);
		expect(ofGenerate[0].default).toBe(first);
		// A model that cannot edit is refused whatever its size is.
		const edits = EDITORS.has(id);
		expect(valuesOf(ofEdit[0].options)).toStrictEqual(edits ? ['matchInput', ...list] : list);
		expect(ofEdit[0].default).toBe(edits ? 'matchInput' : first);
	},
);

it.each(UNDECIDED)('For %s there is one list with every size', (_name, model) => {
	const [field, ...others] = shown({ operation: 'generate', model }, 'imageSize');

	const every = new Set(MODELS.flatMap((row) => row.size?.sizes ?? []));
	expect(others).toStrictEqual([]);
	expect(valuesOf(field.options)).toStrictEqual(['modelDefault', ...every, 'custom']);
	expect(field.default).toBe('modelDefault');

	const [ofEdit, ...more] = shown({ operation: 'edit', model }, 'imageSize');
	expect(more).toStrictEqual([]);
	expect(valuesOf(ofEdit.options)).toStrictEqual([
		'modelDefault',
		'matchInput',
		...every,
		'custom',
	]);
	expect(ofEdit.default).toBe('modelDefault');
});

const UNDECIDED_MODELS = UNDECIDED.map(([, model]) => model);

it('Width and Height are shown for Custom only, and never where there is no Custom', () => {
	const sidesOf = (models: ReadonlyArray<INodeParameters[string]>, imageSize: string) =>
		models.map((model) => [model, sidesFor(model, imageSize).length]);
	const withCustom = [...WITH_CUSTOM.map(picked), ...UNDECIDED_MODELS];
	// A value left over from another model must not show fields that do nothing.
	const without = [...CLOSED, ...WITHOUT_SIZE].map(picked);

	expect(sidesOf(withCustom, 'custom')).toStrictEqual(withCustom.map((model) => [model, 2]));
	expect(sidesOf(withCustom, '1024x1024')).toStrictEqual(withCustom.map((model) => [model, 0]));
	expect(sidesOf(without, 'custom')).toStrictEqual(without.map((model) => [model, 0]));
});

const RATIO = MODELS.filter(({ fields }) => fields.aspect_ratio).map(({ id }) => id);

it.each(WITHOUT_SIZE)('%s chooses the size itself and says so in place of a list', (id) => {
	const model = picked(id);
	const [notice, ...others] = shown({ operation: 'edit', model }, 'sizeNotice');

	expect(shown({ operation: 'edit', model, imageSize: 'custom' }, 'imageSize')).toStrictEqual([]);
	expect(others).toStrictEqual([]);
	expect(notice.type).toBe('notice');
	expect(notice.displayName).toBe(
		RATIO.includes(id)
			? "The model chooses the image size. To set its shape, add 'Aspect Ratio' under 'Options'."
			: 'The model chooses the image size',
	);
});

const WITH_LIST = [...LISTED.map(([id]) => picked(id)), ...UNDECIDED_MODELS];

it('There is no such notice where there is a list', () => {
	const noticed = WITH_LIST.filter(
		(model) => shown({ operation: 'edit', model }, 'sizeNotice').length > 0,
	);

	expect(noticed).toStrictEqual([]);
});

describe('As a tool, where a language model can fill in texts but no lists,', () => {
	const tool = { ...description, name: `${description.name}Tool` };
	const ofTool = (values: INodeParameters) =>
		shownFields(tool, values).filter(({ name }) => /^(imageSize|width|height)$/.test(name));
	const FILLED_IN = "={{ $fromAI('Image_Size', '', 'string') }}";

	it.each(['generate', 'edit'])(
		'the size is one text, whatever the model and the size (%s)',
		(operation) => {
			for (const model of WITH_LIST) {
				for (const imageSize of ['', '16:9', 'custom', FILLED_IN]) {
					expect({ model, fields: ofTool({ operation, model, imageSize }) }).toMatchObject({
						model,
						fields: [{ name: 'imageSize', type: 'string', default: '' }],
					});
				}
			}
		},
	);

	it.each(WITHOUT_SIZE)('%s has none, and says so', (id) => {
		const values = { operation: 'edit', model: picked(id), imageSize: FILLED_IN };

		expect(ofTool(values)).toStrictEqual([]);
		expect(shownFields(tool, values).map(({ name }) => name)).toContain('sizeNotice');
	});

	it('each operation says what an empty text means, in the space of a tooltip', () => {
		const [generate, edit] = ['generate', 'edit'].map((operation) => {
			const [field] = ofTool({ operation, model: picked('Kwai-Kolors/Kolors') });
			return field.description ?? '';
		});

		expect(generate).toMatch(/1024x768.*16:9.*empty for the default size/);
		expect(edit).toMatch(/1024x768.*16:9.*empty to keep the shape of the input image/);
		expect(Math.max(generate.length, edit.length)).toBeLessThanOrEqual(170);
	});

	it('the panel of a step has no such text', () => {
		const texts = MODELS.flatMap(({ id }) =>
			['generate', 'edit'].flatMap((operation) =>
				shown({ operation, model: picked(id), imageSize: FILLED_IN }, 'imageSize'),
			),
		);

		expect(new Set(texts.map(({ type }) => type))).toStrictEqual(new Set(['options']));
	});
});
