import {
	capabilitiesOf,
	modelIds,
	modelIdsFor,
	modelIdsWithout,
} from '../../nodes/SiliconFlowImage/contract/catalog';
import { FIELD_NAMES } from '../../nodes/SiliconFlowImage/contract/fields';
import { MODELS, type ModelRow } from '../../nodes/SiliconFlowImage/contract/models';
import { OPERATION_NAMES } from '../../nodes/SiliconFlowImage/contract/operations';
import { setModels } from '../support/modelTable';

/** A table of invented models: one on both sites and one on each site. */
const base = { trait: 'new', summary: 'Made up', imagesPerRequest: 1 } as const;
const china: ModelRow = {
	...base,
	id: 'Acme/Both',
	site: 'cn',
	operations: ['generate'],
	size: { sentAs: 'image_size', sizes: ['512x512'] },
	fields: { seed: {}, num_inference_steps: { min: 5, max: 50, required: 20 }, cfg: { min: 2 } },
	imagesPerRequest: 4,
};
const world: ModelRow = {
	...base,
	id: 'Acme/Both',
	site: 'com',
	operations: ['generate', 'edit'],
	images: { names: ['input_image'], acceptsUrl: false },
	fields: { num_inference_steps: { min: 1, max: 40 }, guidance_scale: { max: 9 }, cfg: { max: 8 } },
};
const chinaOnly: ModelRow = {
	...base,
	id: 'Acme/China',
	site: 'cn',
	operations: ['generate'],
	fields: { seed: {} },
};
const worldOnly: ModelRow = {
	...base,
	id: 'Acme/World',
	site: 'com',
	operations: ['edit'],
	images: { names: ['image'], acceptsUrl: false },
	fields: {},
};
const ROWS = [china, chinaOnly, world, worldOnly];

describe('What a model takes', () => {
	beforeEach(() => setModels(ROWS));
	afterEach(() => setModels());

	it('is what its row for the region says', () => {
		expect(capabilitiesOf('Acme/Both', 'cn')).toStrictEqual({ ...china, known: true });
		expect(capabilitiesOf('Acme/Both', 'com')).toStrictEqual({ ...world, known: true });
	});

	it('is what either site takes if the base URL is custom, except a batch that one refuses', () => {
		const { operations, size, images, fields, imagesPerRequest, known } = capabilitiesOf(
			'Acme/Both',
			'custom',
		);

		expect({ operations, size, images, fields, imagesPerRequest, known }).toStrictEqual({
			operations: ['generate', 'edit'],
			size: china.size,
			images: world.images,
			fields: {
				seed: {},
				num_inference_steps: { min: 1, max: 50 },
				guidance_scale: { max: 9 },
				cfg: { min: undefined, max: undefined },
			},
			imagesPerRequest: 1,
			known: true,
		});
	});

	it('includes the sizes of both sites, and any size if one site takes any', () => {
		const size = (sizes: [string, ...string[]], rule: object) =>
			({ sentAs: 'image_size', sizes, ...rule }) as const;
		const row = (site: 'cn' | 'com', of: ModelRow['size']) => ({ ...chinaOnly, site, size: of });
		const united = (one: ModelRow['size'], other: ModelRow['size']) => {
			setModels([row('cn', one), row('com', other)]);
			return capabilitiesOf('Acme/China', 'custom').size;
		};
		const open = size(['512x512', '640x640'], { maxPixels: 1000000 });
		const closed = size(['640x640', '1x1'], { listedOnly: true });
		const sizes = ['512x512', '640x640', '1x1'];

		expect(united(open, closed)).toStrictEqual({ ...open, sizes });
		expect(united(closed, open)).toStrictEqual({ ...open, sizes: ['640x640', '1x1', '512x512'] });
		expect(united({ ...open, listedOnly: true }, closed)).toHaveProperty('listedOnly', true);
		expect(united(undefined, closed)).toStrictEqual(closed);
	});

	it("is what the other site's row says when only that site has the model", () => {
		expect(capabilitiesOf('Acme/World', 'cn')).toStrictEqual({ ...worldOnly, known: true });
		expect(capabilitiesOf('Acme/China', 'com')).toStrictEqual({ ...chinaOnly, known: true });
	});

	it('is everything for an id that is not in the table, with no defaults', () => {
		expect(capabilitiesOf('Acme/New', 'cn')).toStrictEqual({
			id: 'Acme/New',
			known: false,
			trait: 'unknown to this node',
			summary: 'Not in the model table of this node',
			operations: OPERATION_NAMES,
			size: { sentAs: 'image_size', sizes: [] },
			images: { names: ['image', 'image2', 'image3'], acceptsUrl: true },
			fields: Object.fromEntries(FIELD_NAMES.map((name) => [name, {}])),
			imagesPerRequest: 1,
		});
	});

	it.each(['kwai-kolors/kolors', 'Kolors', ' Kwai-Kolors/Kolors', ''])(
		'%j is not the id of Kolors',
		(id) => {
			expect(capabilitiesOf(id, 'cn').known).toBe(false);
		},
	);
});

describe('The table', () => {
	it('has one trait for each model, on both sites, that fits behind its id', () => {
		for (const { id, trait } of MODELS) {
			const others = MODELS.filter((row) => row.id === id);
			expect(new Set(others.map((row) => row.trait))).toStrictEqual(new Set([trait]));
			expect(trait).toMatch(/^[a-z][^()]{3,30}$/);
		}
	});
});

describe('The ids', () => {
	beforeEach(() => setModels(ROWS));
	afterEach(() => setModels());

	it('are listed once each, in table order', () => {
		expect(modelIds()).toStrictEqual(['Acme/Both', 'Acme/China', 'Acme/World']);
	});

	it('for an operation depend on the region', () => {
		expect(modelIdsFor('generate', 'cn')).toStrictEqual(['Acme/Both', 'Acme/China']);
		expect(modelIdsFor('generate', 'com')).toStrictEqual(['Acme/Both']);
		expect(modelIdsFor('edit', 'cn')).toStrictEqual([]);
		expect(modelIdsFor('edit', 'com')).toStrictEqual(['Acme/Both', 'Acme/World']);
		expect(modelIdsFor('edit', 'custom')).toStrictEqual(['Acme/Both', 'Acme/World']);
	});

	it('without a field are the models that take it on neither site', () => {
		const without = modelIdsWithout((row) => row.fields.guidance_scale !== undefined);

		expect(without).toStrictEqual(['Acme/China', 'Acme/World']);
	});
});
