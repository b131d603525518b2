import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';
import type { Item } from '../../harness/engine/engine';
import { dataUrlOf, testImage } from '../../harness/engine/testImages';
import { failures } from '../../simulator';
import { openWorkbench, type StepOptions, type Workbench } from '../support/workbench';

/** Edit with the images of all input items together, as a step before gives them: one in each item. */

const EDIT_2509 = 'Qwen/Qwen-Image-Edit-2509';

const images = [0, 1, 2, 3].map((seed) => testImage('png', seed));
const binary = (binaryPropertyName: string) => ({ source: 'binary', binaryPropertyName });
const itemsWith = (count: number): Item[] =>
	images.slice(0, count).map((bytes, i) => ({
		json: { sku: `A-${i}`, prompt: `combine ${i}` },
		files: { data: { bytes } },
	}));
const pairs = (count: number) => Array.from({ length: count }, (_, item) => ({ item }));

describe.each(['filesystem', 'default'] as const)('With binary data in %s mode', (binaryMode) => {
	let bench: Workbench;
	beforeAll(async () => {
		bench = await openWorkbench({ binaryMode });
	});
	afterEach(() => bench.simulator.reset());
	afterAll(async () => await bench.close());

	const bodies = () => bench.simulator.generations.map(({ body }) => body);
	const combine = async (items: Item[], more: INodeParameters = {}, options: StepOptions = {}) =>
		await bench.step(
			{
				operation: 'edit',
				model: EDIT_2509,
				prompt: 'put them together',
				imagesFrom: 'all',
				images: { image: [binary('data')] },
				...more,
			},
			{ items, ...options },
		);
	const pairsOf = (items: INodeExecutionData[]) => items.map(({ pairedItem }) => pairedItem);

	it('three items with one image each make one request, with the images in order', async () => {
		const { error, items, hints } = await combine(itemsWith(3));

		expect(error).toBeUndefined();
		expect(hints).toEqual([]);
		expect(bodies()).toStrictEqual([
			{
				model: EDIT_2509,
				prompt: 'put them together',
				image: dataUrlOf(images[0]),
				image2: dataUrlOf(images[1]),
				image3: dataUrlOf(images[2]),
			},
		]);
		expect(pairsOf(items)).toEqual([pairs(3)]);
		expect(items[0].binary?.data.fileName).toBe('image.png');
	});

	it('each entry is read for each item in turn', async () => {
		const items = [0, 2].map((first) => ({
			files: {
				photo: { bytes: images[first] },
				logo: { bytes: images[first + 1] },
			},
		}));
		const { error } = await combine(items, {
			model: 'Acme/Tomorrow-1',
			images: { image: [binary('photo'), binary('logo')] },
		});

		expect(error?.message).toBe(
			"'Images': Acme/Tomorrow-1 takes 1 to 3 images, but 4 are given by 2 input items together",
		);
		expect(bench.simulator.requests).toEqual([]);

		const pair = await combine([items[0], { files: { photo: items[1].files.photo } }], {
			model: 'Acme/Tomorrow-1',
			images: {
				image: [binary('={{ $itemIndex === 0 ? ["photo", "logo"] : "photo" }}')],
			},
		});
		expect(pair.error).toBeUndefined();
		expect(bodies()).toStrictEqual([
			{
				model: 'Acme/Tomorrow-1',
				prompt: 'put them together',
				image: dataUrlOf(images[0]),
				image2: dataUrlOf(images[1]),
				image3: dataUrlOf(images[2]),
			},
		]);
	});

	it('base64 and URLs are read from each item, too', async () => {
		const url = (i: number) => `https://images.example/${i}.png`;
		const items = [0, 1, 2].map((i) => ({ json: { url: url(i), base64: dataUrlOf(images[i]) } }));
		await combine(items, { images: { image: [{ source: 'url', url: '={{ $json.url }}' }] } });
		await combine(items, {
			images: { image: [{ source: 'base64', base64: '={{ $json.base64 }}' }] },
		});

		const common = { model: EDIT_2509, prompt: 'put them together' };
		expect(bodies()).toStrictEqual([
			{ ...common, image: url(0), image2: url(1), image3: url(2) },
			{
				...common,
				image: dataUrlOf(images[0]),
				image2: dataUrlOf(images[1]),
				image3: dataUrlOf(images[2]),
			},
		]);
	});

	it('all other fields are read from the first item', async () => {
		const { items } = await combine(itemsWith(2), {
			prompt: '={{ $json.prompt }}',
			numberOfImages: '={{ $itemIndex + 2 }}',
			options: { seed: 7, fileName: '={{ $json.sku }}', includeInputFields: true },
		});

		expect(bodies()).toMatchObject([
			{ prompt: 'combine 0', seed: 7 },
			{ prompt: 'combine 0', seed: 8 },
		]);
		expect(items.map(({ json }) => [json.sku, json.index, json.seed])).toEqual([
			['A-0', 0, 7],
			['A-0', 1, 8],
		]);
		expect(items.map((item) => item.binary?.data.fileName)).toEqual(['A-0-1.png', 'A-0-2.png']);
		expect(pairsOf(items)).toEqual([pairs(2), pairs(2)]);
	});

	it('one item is as without it', async () => {
		const { items } = await combine(itemsWith(1));

		expect(bodies()).toMatchObject([{ image: dataUrlOf(images[0]) }]);
		expect(pairsOf(items)).toEqual([{ item: 0 }]);
	});

	it('more images than the model takes are refused by count, before anything is sent', async () => {
		const four = await combine(itemsWith(4));

		expect(four.error?.message).toBe(
			`'Images': ${EDIT_2509} takes 1 to 3 images, but 4 are given by 4 input items together`,
		);
		expect(four.error?.description).toBe(
			"'Images From' is All Input Items Together, so the images of every item count: 1 image too many. Use fewer input items, for example with a Limit step, or Each Input Item. Nothing was sent.",
		);
		expect(four.error?.context.itemIndex).toBe(3);

		const two = await combine(itemsWith(2), { model: 'Qwen/Qwen-Image-Edit' });
		expect(two.error?.message).toContain('takes exactly 1 image, but 2 are given by 2 input items');
		expect(two.error?.description).toContain(
			'Choose a model that takes more, such as Qwen/Qwen-Image-Edit-2509 (up to 3 images), or use fewer input items, for example with a Limit step, or Each Input Item.',
		);
		expect(bench.simulator.requests).toEqual([]);
	});

	it('a mistake in one item names this item', async () => {
		const { error } = await combine([...itemsWith(1), {}]);

		expect(error?.message).toBe('This item has no file in a field named "data"');
		expect(error?.description).toMatch(
			/^It has no files at all\. 'Images From' is All Input Items Together, so every item must give an image\./,
		);
		expect(error?.context.itemIndex).toBe(1);

		const [none, several] = [await combine([{}]), await combine([{}, {}, {}, {}])];
		expect(none.error?.description).not.toContain('Images From');
		expect(several.error?.message).toBe('This item has no file in a field named "data"');
		expect(several.error?.context.itemIndex).toBe(0);

		const unresolved = await combine(itemsWith(2), {
			images: { image: [binary("={{ $itemIndex === 1 ? $('Nowhere').item : 'data' }}")] },
		});
		expect(unresolved.error?.context.itemIndex).toBe(1);
		expect(bench.simulator.requests).toEqual([]);
	});

	it('the same image in two items is refused, and the same URL is said', async () => {
		const base64 = dataUrlOf(images[1]);
		const repeated = await combine([{}, {}, {}], {
			images: { image: [{ source: 'base64', base64 }] },
		});
		expect(repeated.error?.message).toBe(
			"'Images' has the same image twice: the image in 'Base64' of item 1, which item 0 has too",
		);
		expect(repeated.error?.context.itemIndex).toBe(1);
		expect(bench.simulator.requests).toEqual([]);

		const { hints } = await combine([{}, {}], {
			images: { image: [{ source: 'url', url: 'https://images.example/a.png' }] },
		});
		expect(hints.map(({ message }) => message)).toEqual([
			expect.stringContaining('more than once, and it was sent each time'),
		]);
	});

	it.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'%s: a refusal is one item, which is paired with all',
		async (onError) => {
			const failed = async (items: Item[], more?: INodeParameters) => {
				const outcome = await combine(items, more, { onError });
				const [own, other] =
					onError === 'continueErrorOutput'
						? [outcome.errorItems, outcome.items]
						: [outcome.items, outcome.errorItems];
				expect(other).toEqual([]);
				return own;
			};
			const missing = await failed([...itemsWith(2), { json: { sku: 'B' } }]);
			expect(missing.map(({ json }) => json.error)).toEqual([
				'This item has no file in a field named "data"',
			]);
			expect(missing[0].pairedItem).toMatchObject(pairs(3));

			const tooMany = await failed(itemsWith(4), { options: { includeInputFields: true } });
			expect(tooMany.map(({ json }) => [json.sku, json.error])).toEqual([
				['A-0', expect.stringContaining('but 4 are given by 4 input items together')],
			]);

			const ofRun = await failed(itemsWith(3), { executionOptions: { timeout: -1 } });
			expect(ofRun.map(({ json }) => json.error)).toEqual([expect.stringContaining("'Timeout'")]);
			expect(ofRun[0].pairedItem).toMatchObject(pairs(3));
			expect(bench.simulator.requests).toEqual([]);

			bench.simulator.fault(failures.moderated);
			const refused = await failed(itemsWith(3));
			expect(refused.map(({ json }) => json.status)).toEqual([451]);
			expect(refused[0].pairedItem).toMatchObject(pairs(3));
		},
	);

	it('it counts as the images of one item for Maximum Images per Run', async () => {
		const executionOptions = { maxImages: 2 };
		const { error } = await combine(itemsWith(3), { numberOfImages: 2, executionOptions });
		expect(error).toBeUndefined();

		const more = await combine(itemsWith(3), { numberOfImages: 3, executionOptions });
		expect(more.error?.message).toContain('This run would generate 3 images');
		expect(more.error?.description).toContain("Nothing was sent. Lower 'Number of Images', or");
	});

	it('an unknown choice is refused, and Generate does not know it', async () => {
		const { error } = await combine(itemsWith(2), { imagesFrom: 'some' });
		expect(error?.message).toBe(
			"'Images From' must be Each Input Item or All Input Items Together",
		);
		expect(bench.simulator.requests).toEqual([]);

		const { items } = await bench.step(
			{ prompt: 'a fox', imagesFrom: 'all' },
			{ items: itemsWith(2) },
		);
		expect(pairsOf(items)).toEqual(pairs(2));
	});

	it('without it, the same file given twice leads to it', async () => {
		const twice = { imagesFrom: 'each', images: { image: [binary('data'), binary('data')] } };
		const several = await combine(itemsWith(2), twice);
		expect(several.error?.description).toContain(
			"To combine the images of several items, set 'Images From' to All Input Items Together. Nothing was sent.",
		);
		const one = await combine(itemsWith(1), twice);
		expect(one.error?.description).not.toContain('Images From');
	});
});
