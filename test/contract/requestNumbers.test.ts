import fc from 'fast-check';
import type { Capabilities } from '../../nodes/SiliconFlowImage/contract/catalog';
import type { FieldName } from '../../nodes/SiliconFlowImage/contract/fields';
import { seedOfRequest } from '../../nodes/SiliconFlowImage/contract/request';
import { flux, generate, kolors, qwen, rulesOf } from './built';

/** The numbers of a request and their limits, written by hand from the contract. */

interface Range {
	readonly name: FieldName;
	readonly label: string;
	readonly model: Capabilities;
	readonly rule: string;
	readonly taken: readonly number[];
	readonly refused: readonly number[];
}

const RANGES: readonly Range[] = [
	{
		name: 'seed',
		label: 'Seed',
		model: kolors,
		rule: 'must be a whole number from 0 to 9999999999',
		taken: [0, 1, 2147483648, 9999999999],
		refused: [-1, 10000000000, 0.5, 1.000001],
	},
	{
		name: 'num_inference_steps',
		label: 'Steps',
		model: kolors,
		rule: 'must be a whole number from 1 to 100',
		taken: [1, 20, 100],
		refused: [0, 101, -1, 20.5],
	},
	{
		name: 'guidance_scale',
		label: 'Guidance Scale',
		model: kolors,
		rule: 'must be a number from 0 to 20',
		taken: [0, 7.5, 20],
		refused: [-1, -0.001, 20.001, 21],
	},
	{
		name: 'cfg',
		label: 'CFG Scale',
		model: qwen,
		rule: 'must be a number from 0.1 to 20',
		taken: [0.1, 4, 20],
		refused: [0, 0.099, 20.001, 21, -4],
	},
	{
		name: 'num_inference_steps',
		label: 'Steps',
		model: flux('FLUX.2-flex'),
		rule: 'must be a whole number from 1 to 50',
		taken: [1, 50],
		refused: [0, 51, 100],
	},
	{
		name: 'num_inference_steps',
		label: 'Steps',
		model: flux('FLUX.1-dev'),
		rule: 'must be a whole number from 1 to 30',
		taken: [1, 30],
		refused: [0, 31],
	},
	{
		name: 'safety_tolerance',
		label: 'Safety Tolerance',
		model: flux('FLUX-1.1-pro-Ultra'),
		rule: 'must be a whole number from 0 to 6',
		taken: [0, 2, 6],
		refused: [-1, 7, 2.5],
	},
	{
		name: 'image_prompt_strength',
		label: 'Image Prompt Strength',
		model: flux('FLUX-1.1-pro-Ultra'),
		rule: 'must be a number from 0 to 1',
		taken: [0, 0.1, 1],
		refused: [-0.001, 1.001, 2],
	},
];

const rulesFor = ({ name, model }: Range, value: unknown) =>
	rulesOf(generate(model, { fields: { [name]: value } }));

it.each(RANGES)('$label of $model.id: $rule', (range) => {
	const { name, label, model, rule, taken, refused } = range;
	const size = { image_size: model.size?.sizes[0] };
	for (const value of taken) {
		expect(generate(model, { fields: { [name]: value } })).toStrictEqual({
			body: { model: model.id, prompt: 'a fox', ...size, [name]: value },
		});
	}
	const rules = refused.map((value) => [value, rulesFor(range, value)]);
	expect(rules).toStrictEqual(refused.map((value) => [value, new Set([`${label} ${rule}`])]));
});

describe.each([
	['a whole number', RANGES[0]],
	['a number', RANGES[2]],
])('What is not %s', (_kind, range) => {
	it.each([NaN, Infinity, -Infinity, '7', 'many', true, [7], { a: 7 }])('%p', (value) => {
		expect(rulesFor(range, value)).toStrictEqual(new Set([`${range.label} ${range.rule}`]));
	});
});

it('A bad value is named once', () => {
	expect(generate(kolors, { fields: { num_inference_steps: 0.5 } })).toStrictEqual({
		violations: [{ label: 'Steps', rule: 'must be a whole number from 1 to 100', value: 0.5 }],
	});
});

describe('Number of Images', () => {
	it.each([2, 3, 4])('%i is sent as batch_size', (count) => {
		expect(generate(kolors, { count })).toStrictEqual({
			body: { model: kolors.id, prompt: 'a fox', image_size: '1024x1024', batch_size: count },
		});
	});

	it.each([1, undefined])('%p is not sent', (count) => {
		expect(generate(kolors, { count })).toStrictEqual({
			body: { model: kolors.id, prompt: 'a fox', image_size: '1024x1024' },
		});
	});

	it.each([5, 2.5, Infinity])('%d in one request is refused', (count) => {
		expect(rulesOf(generate(kolors, { count }))).toStrictEqual(
			new Set(['Number of Images must be a whole number from 2 to 4']),
		);
	});
});

it('The seed of a request is the seed plus the position of its first image, and starts again at 0 after the highest', () => {
	expect([0, 1, 2].map((position) => seedOfRequest(9999999998, position))).toStrictEqual([
		9999999998, 9999999999, 0,
	]);
	fc.assert(
		fc.property(fc.nat(9999999999), fc.nat(99), (seed, position) => {
			const sum = seed + position;
			expect(seedOfRequest(seed, position)).toBe(sum > 9999999999 ? sum - 10000000000 : sum);
		}),
	);
});
