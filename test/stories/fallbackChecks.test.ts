import type { INodeParameters } from 'n8n-workflow';
import { testImage } from '../../harness/engine/testImages';
import { openWorkbench, type Workbench } from '../support/workbench';

/** Fallback Model is checked before anything is sent, so that it is not found wrong when it is needed. */

const KOLORS = 'Kwai-Kolors/Kolors';
const QWEN = 'Qwen/Qwen-Image';
const QWEN_EDIT = 'Qwen/Qwen-Image-Edit';
const EDIT_2509 = 'Qwen/Qwen-Image-Edit-2509';
const FLUX = 'black-forest-labs/FLUX.2-pro';

const fallback = (value: string, mode = 'id') => ({ fallbackModel: { __rl: true, mode, value } });

describe.each(['cn', 'custom'] as const)('In the region %s', (region) => {
	let bench: Workbench;
	beforeAll(async () => {
		bench = await openWorkbench({ simulator: region === 'custom' ? {} : { site: region } });
	});
	afterEach(() => bench.simulator.reset());
	afterAll(async () => await bench.close());

	const generate = async (options: INodeParameters, more: INodeParameters = {}) =>
		await bench.step({ model: QWEN, prompt: 'a fox', options, ...more });
	const models = () =>
		bench.simulator.generations.map(({ body }) => (body as { model: string }).model);

	it.each([
		['a fallback from the list', fallback(KOLORS, 'list')],
		['a fallback by its ID', fallback(` ${KOLORS} `)],
		['a fallback that the table does not have', fallback('Acme/Tomorrow-1')],
		['a fallback by expression', fallback(`={{ "${KOLORS}" }}`)],
		['a bare ID, as a program may write it', { fallbackModel: KOLORS }],
		['an entry that was added and left empty', fallback('', 'list')],
		['an expression that gives nothing', fallback('={{ $json.missing }}')],
		['no fallback', {}],
	])('%s is neither asked nor mentioned while the model works', async (_name, options) => {
		const { error, items, hints } = await generate(options);

		expect(error).toBeUndefined();
		expect(models()).toStrictEqual([QWEN]);
		expect(items[0].json.model).toBe(QWEN);
		expect(hints).toStrictEqual([]);
	});

	it('one that cannot do the operation is refused', async () => {
		const { error } = await generate(fallback(QWEN_EDIT));

		expect(error?.message).toBe(`'Fallback Model': ${QWEN_EDIT} cannot generate images`);
		expect(error?.context.itemIndex).toBe(0);
		expect(models()).toStrictEqual([]);
	});

	it('one with an ID that no model has is refused', async () => {
		const { error } = await generate(fallback('x'.repeat(201)));

		expect(error?.message).toMatch(/^'Fallback Model' has more than 200 characters/);
		expect(models()).toStrictEqual([]);
	});

	it('one that takes fewer images than are given is refused', async () => {
		const files = {
			data: { bytes: testImage('png', 1) },
			photo: { bytes: testImage('png', 2) },
		};
		const { error } = await bench.step(
			{
				operation: 'edit',
				model: EDIT_2509,
				prompt: 'put them together',
				images: { image: [{ source: 'binary', binaryPropertyName: 'data, photo' }] },
				options: fallback(QWEN_EDIT),
			},
			{ items: [{ files }] },
		);

		expect(error?.message).toBe(
			`'Fallback Model': ${QWEN_EDIT} takes exactly 1 image, but 2 images are given`,
		);
		expect(models()).toStrictEqual([]);
	});

	it('what is wrong with the item itself is said first', async () => {
		const { error } = await generate(fallback(QWEN_EDIT), {
			numberOfImages: 1,
			prompt: '={{ "" }}',
		});

		expect(error?.message).toMatch(/^'Prompt' is empty/);
	});

	it('a refused item does not hold up the others where the step continues', async () => {
		const { items } = await bench.step(
			{
				model: QWEN,
				prompt: 'a fox',
				options: fallback('={{ $json.fallback }}'),
			},
			{
				items: [{ json: { fallback: QWEN_EDIT } }, { json: { fallback: KOLORS } }],
				onError: 'continueRegularOutput',
			},
		);

		expect(items.map(({ json }) => json.error)).toStrictEqual([
			`'Fallback Model': ${QWEN_EDIT} cannot generate images`,
			undefined,
		]);
		expect(models()).toStrictEqual([QWEN]);
	});

	it('the model itself is no fallback, which a hint says', async () => {
		const { error, hints } = await generate(fallback(QWEN));

		expect(error).toBeUndefined();
		expect(hints.map(({ message }) => message)).toStrictEqual([
			`'Fallback Model' is the same as 'Model' (${QWEN}), so there is none`,
		]);
	});

	it('a model that only the other site is known to have may have come to this one', async () => {
		const { error, hints } = await generate(fallback(FLUX));
		const said = `'Fallback Model': ${FLUX} is known on the international site only, so it may not be available to your account`;

		expect(error).toBeUndefined();
		expect(models()).toStrictEqual([QWEN]);
		expect(hints.map(({ message }) => message)).toStrictEqual(region === 'cn' ? [said] : []);
	});
});

it('The China site is named to an account of the international one', async () => {
	const bench = await openWorkbench({ simulator: { site: 'com' } });
	const { hints } = await bench.step({ model: QWEN, prompt: 'a fox', options: fallback(KOLORS) });
	await bench.close();

	expect(hints.map(({ message }) => message)).toStrictEqual([
		`'Fallback Model': ${KOLORS} is known on the China site only, so it may not be available to your account`,
	]);
});
