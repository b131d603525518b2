import fc from 'fast-check';
import { testImage } from '../../harness/engine/testImages';
import type { ModelRow } from '../../nodes/SiliconFlowImage/contract/models';
import { OPERATION_NAMES } from '../../nodes/SiliconFlowImage/contract/operations';

/** Random parameters for a model, as the panel and expressions may set them. */

/** Mostly valid values, sometimes what an expression may return instead. */
const mostly = <T>(right: fc.Arbitrary<T>, wrong: fc.Arbitrary<unknown>) =>
	fc.oneof({ weight: 12, arbitrary: right }, { weight: 1, arbitrary: wrong });

const wrongNumbers = fc.oneof(
	fc.integer({ min: -5, max: 120 }),
	fc.double({ min: -1, max: 25, noNaN: true }),
	fc.constantFrom(10000000000, '7', '', 'many', null, true),
);
const wrongSwitches = fc.constantFrom('yes', 2, '', null);
const upTo = (max: number) => fc.double({ min: 0, max, noNaN: true });

const prompts = mostly(
	fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('a red fox', '\u{1F98A}', 'a\u0000b')),
	fc.constantFrom('', ' '),
);

/** One of the model's sizes, a size left over from another model, or a custom one. */
const sizesFor = ({ size }: ModelRow) => {
	const own = fc.constantFrom('modelDefault', ...(size?.sizes ?? []));
	const others = fc.oneof(
		fc.constantFrom('1024x1024', '1328x1328'),
		fc.tuple(fc.nat(1500), fc.nat(1500)).map(([width, height]) => `${width}x${height}`),
	);
	const ratios = fc.constantFrom('1:1', '16:9', '9 : 16', '5:4');
	const byExpression = fc
		.oneof({ weight: 2, arbitrary: others }, { weight: 1, arbitrary: ratios })
		.map((text) => `={{ ${JSON.stringify(text)} }}`);
	// If the model takes only its own sizes, most others would be refused, and fixed others always are.
	const weight = size?.listedOnly || size?.side ? 18 : 4;
	return mostly(
		fc.oneof({ weight, arbitrary: own }, { weight: 2, arbitrary: byExpression }),
		fc.oneof(others, fc.constantFrom('9999x9999', '0x0', 'large', '')),
	);
};

const options = fc.record(
	{
		aspectRatio: mostly(
			fc.constantFrom('1:1', '16:9', '21:9', '9:21', '100:99'),
			fc.constantFrom('22:9', '9:22', '0:1', '16x9', '', 1.5),
		),
		cfg: mostly(fc.double({ min: 0.1, max: 20, noNaN: true }), wrongNumbers),
		guidanceScale: mostly(upTo(20), wrongNumbers),
		imagePromptStrength: mostly(upTo(1), wrongNumbers),
		negativePrompt: fc.string(),
		numInferenceSteps: mostly(fc.integer({ min: 1, max: 100 }), wrongNumbers),
		outputFormat: mostly(fc.constantFrom('png', 'jpeg'), fc.constantFrom('webp', 'jpg', '', 7)),
		promptEnhancement: mostly(fc.boolean(), wrongSwitches),
		promptUpsampling: mostly(fc.boolean(), wrongSwitches),
		raw: mostly(fc.boolean(), wrongSwitches),
		safetyTolerance: mostly(fc.constantFrom(0, 1, 2, 3, 6), wrongNumbers),
		seed: mostly(fc.constantFrom(0, 1, 4999999999, 9999999999), wrongNumbers),
	},
	{ requiredKeys: [] },
);

const right = [
	{ source: 'binary', binaryPropertyName: 'data' },
	{ source: 'binary', binaryPropertyName: 'photo' },
	{ source: 'base64', base64: testImage('webp').toString('base64') },
];
const wrong = [
	{ source: 'binary', binaryPropertyName: 'missing' },
	{ source: 'url', url: 'not an address' },
	{ source: 'base64', base64: 'AAAA' },
];

type Parameters = ReturnType<typeof parametersFor> extends fc.Arbitrary<infer P> ? P : never;

/** What a model takes with nothing set but the prompt, and an input image where it needs one. */
export function plainParametersFor(
	{ operations: [operation] }: ModelRow,
	prompt: string,
): Parameters {
	return {
		operation,
		byExpression: false,
		prompt,
		imageSize: 'modelDefault',
		numberOfImages: 1,
		options: {},
		image: [right[0]],
	};
}

export function parametersFor(row: ModelRow) {
	// On the other site n8n fetches URLs, which the stories test.
	const byUrl = row.images?.acceptsUrl
		? [{ source: 'url', url: 'https://images.example.com/a.png' }]
		: [];
	return fc.record({
		operation: mostly(fc.constantFrom(...row.operations), fc.constantFrom(...OPERATION_NAMES)),
		/** The editor hides what a model does not take; with an expression it shows everything. */
		byExpression: fc.boolean(),
		prompt: prompts,
		imageSize: sizesFor(row),
		numberOfImages: mostly(fc.constantFrom(1, 2, 5), fc.constantFrom(0, 'two')),
		options,
		image: fc.array(mostly(fc.constantFrom(...right, ...byUrl), fc.constantFrom(...wrong)), {
			minLength: 1,
			maxLength: row.images?.names.length ?? 1,
		}),
	});
}
