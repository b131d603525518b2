import fc from 'fast-check';
import type { INodeParameters } from 'n8n-workflow';
import { MODELS } from '../../nodes/SiliconFlowImage/contract/models';
import { picture } from '../support/pictures';
import { openWorkbench, type Workbench } from '../support/workbench';

/**
 * Random parameters through the node: whatever leaves is accepted by the simulator's own check of
 * the contract, and whatever is refused is refused before any request.
 */

let bench: Workbench;
beforeAll(async () => {
	bench = await openWorkbench();
});
afterAll(async () => await bench.close());

const ids = [...new Set(MODELS.map(({ id }) => id))];
const files = { data: { bytes: picture('png') }, photo: { bytes: picture('jpeg') } };

/** Mostly what is right, now and then what an expression may give instead. */
const mostly = <T>(right: fc.Arbitrary<T>, wrong: fc.Arbitrary<unknown>) =>
	fc.oneof({ weight: 12, arbitrary: right }, { weight: 1, arbitrary: wrong });
const wrongNumbers = fc.oneof(
	fc.integer({ min: -5, max: 120 }),
	fc.double({ min: -1, max: 25, noNaN: true }),
	fc.constantFrom(10000000000, '7', '', 'many', null, true),
);
const prompts = mostly(
	fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('a red fox', '\u{1F98A}', 'a\u0000b')),
	fc.constantFrom('', ' '),
);
const sizes = mostly(
	fc.oneof(
		fc.constantFrom('1024x1024', '1328x1328', 'modelDefault'),
		fc.tuple(fc.nat(1500), fc.nat(1500)).map(([width, height]) => `${width}x${height}`),
	),
	fc.constantFrom('9999x9999', '0x0', 'large', ''),
);
const options = fc.record(
	{
		negativePrompt: fc.string(),
		seed: mostly(fc.constantFrom(0, 1, 4999999999, 9999999999), wrongNumbers),
		numInferenceSteps: mostly(fc.integer({ min: 1, max: 100 }), wrongNumbers),
		guidanceScale: mostly(fc.double({ min: 0, max: 20, noNaN: true }), wrongNumbers),
		cfg: mostly(fc.double({ min: 0.1, max: 20, noNaN: true }), wrongNumbers),
	},
	{ requiredKeys: [] },
);
const images = fc.array(
	fc.constantFrom(
		{ source: 'binary', binaryPropertyName: 'data' },
		{ source: 'binary', binaryPropertyName: 'photo' },
		{ source: 'binary', binaryPropertyName: 'data, photo' },
		{ source: 'binary', binaryPropertyName: 'missing' },
		{ source: 'url', url: 'https://pictures.example.com/a.png' },
		{ source: 'url', url: 'not an address' },
		{ source: 'base64', base64: picture('webp').toString('base64') },
		{ source: 'base64', base64: 'AAAA' },
	),
	{ minLength: 1, maxLength: 4 },
);

const parameters = fc.record({
	operation: fc.constantFrom('generate', 'edit'),
	model: fc.constantFrom(...ids),
	/** The editor hides what a model does not take; an expression lets everything through. */
	byExpression: fc.boolean(),
	prompt: prompts,
	imageSize: sizes,
	numberOfImages: mostly(fc.constantFrom(1, 2, 5), fc.constantFrom(0, 'two')),
	options,
	images,
});

it('whatever leaves is accepted, and whatever is refused has not left', async () => {
	const seen = { accepted: 0, refused: 0 };
	await fc.assert(
		fc.asyncProperty(parameters, async ({ byExpression, model, images: image, ...given }) => {
			bench.simulator.reset();
			const { error, items } = await bench.step(
				{
					...given,
					// A fixed blank prompt is refused by n8n itself.
					prompt: '={{ $json.prompt }}',
					model: byExpression ? `={{ "${model}" }}` : model,
					images: { image },
					options: { ...given.options, download: false },
				} as INodeParameters,
				{ items: [{ json: { prompt: given.prompt as string }, files }] },
			);
			const statuses = bench.simulator.generations.map(({ status }) => status);
			if (error) {
				seen.refused++;
				expect(statuses).toEqual([]);
				expect(error.message).toMatch(/^'[A-Z]/);
				expect(error.description).toBeTruthy();
			} else {
				seen.accepted++;
				expect(new Set(statuses)).toEqual(new Set([200]));
				expect(items).toHaveLength(Number(given.numberOfImages));
			}
		}),
		{ numRuns: 300 },
	);
	// A property that only ever sees one side proves nothing.
	expect(seen.accepted).toBeGreaterThan(20);
	expect(seen.refused).toBeGreaterThan(20);
}, 120_000);
