import fc from 'fast-check';
import { capabilitiesOf, type Capabilities } from '../../nodes/SiliconFlowImage/contract/catalog';
import {
	FIELD_NAMES,
	FIELDS,
	type Field,
	type FieldName,
} from '../../nodes/SiliconFlowImage/contract/fields';
import { MODELS, type FieldRule } from '../../nodes/SiliconFlowImage/contract/models';
import type { Operation } from '../../nodes/SiliconFlowImage/contract/operations';
import { buildBody } from '../../nodes/SiliconFlowImage/contract/request';
import { contractOf } from '../../simulator/validation';
import { anyCharacter } from '../support/anyCharacter';
import { anyText } from './built';

/**
 * The node and the simulator each have their own version of the contract and share no code. The
 * simulator must accept whatever the node accepts, so a mistake in one shows in the other.
 */

const COMBINATIONS = MODELS.flatMap(({ id, site, operations }) =>
	operations.map((operation) => [id, operation, site] as const),
);

/** Mostly values within the contract's ranges and at their limits, sometimes one beyond. */
const mostly = <T, U>(usual: fc.Arbitrary<T>, beyond: fc.Arbitrary<U>) =>
	fc.oneof({ weight: 15, arbitrary: usual }, { weight: 1, arbitrary: beyond });
const beyond = fc.constantFrom(-1, 0, 0.05, 0.5, 20.5, 101, 10000000000);
const side = fc.integer({ min: 1, max: 1440 });
const multipleOf32 = fc.integer({ min: 8, max: 45 }).map((n) => n * 32);
const pair = (one: fc.Arbitrary<number>) => fc.tuple(one, one);
/** As `fc.webPath` does, which keeps a table of a million characters. */
const path = fc
	.array(
		fc.string({
			unit: fc.oneof(
				fc.constantFrom(..."abyzABYZ0189-._~!$&'()*+,;=:@"),
				anyCharacter.map(encodeURIComponent),
			),
		}),
	)
	.map((segments) => segments.map((segment) => `/${segment}`).join(''));
const dataUrl = fc
	.base64String({ minLength: 4 })
	.map((base64) => `data:image/png;base64,${base64}`);
const url = fc
	.tuple(fc.constantFrom('http', 'https'), path)
	.map(([scheme, rest]) => `${scheme}://a.example${rest}`);

/** Random values for a field, in the range of the model's row. */
function valueFor(field: Field, rule: FieldRule = {}): fc.Arbitrary<unknown> {
	switch (field.kind) {
		case 'integer':
		case 'number': {
			const { min = field.min, max = field.max, maxWithImages = max } = rule;
			const upTo = (most: number) =>
				field.kind === 'integer'
					? fc.integer({ min, max: most })
					: fc.double({ min, max: most, noNaN: true });
			return mostly(fc.oneof(upTo(max), upTo(maxWithImages)), beyond);
		}
		case 'ratio':
			return mostly(
				pair(fc.integer({ min: 9, max: 21 })).map(([across, down]) => `${across}:${down}`),
				fc.constantFrom('22:9', '9:22', '0:1', '16x9', '1'),
			);
		case 'choice':
			return mostly(fc.constantFrom(...field.choices), fc.constantFrom('webp', 1));
		case 'switch':
			return mostly(fc.boolean(), fc.constant('yes'));
		case 'text':
			return anyText;
	}
}

/** Random values for a model. The row says which fields it takes, so that enough bodies are valid. */
const valuesFor = ({ size, images, fields }: Capabilities) =>
	fc.record(
		{
			prompt: anyText,
			size: mostly(
				fc.oneof(
					...(size ? [fc.constantFrom(...size.sizes)] : []),
					...(size?.listedOnly
						? []
						: [pair(multipleOf32), pair(side)].map((two) => two.map(joined))),
				),
				fc.constantFrom('1920x1080', '1920x1081', '2073601x1', '1024', '0x5', '01x1', 'x'),
			),
			count: fc.integer({ min: 1, max: 4 }),
			images: fc.array(
				mostly(
					images?.acceptsUrl ? fc.oneof(dataUrl, url) : dataUrl,
					fc.constantFrom('', 'cat.png', 'ftp://a.example/cat.png', 'http://', 'http://a.example'),
				),
				{ minLength: 1, maxLength: 3 },
			),
			...Object.fromEntries(
				FIELD_NAMES.map((name) => [name, valueFor(FIELDS[name], fields[name])]),
			),
		},
		{ requiredKeys: ['prompt', 'images'] },
	);
const joined = ([width, height]: [number, number]) => `${width}x${height}`;

/** How many random bodies that the node accepts are shown to the simulator. */
const ACCEPTED = 30;

function checkAccepted(id: string, operation: Operation, site: 'cn' | 'com') {
	const model = capabilitiesOf(id, site);
	const { validate } = contractOf(site);
	const takes = (name: string) => model.fields[name as FieldName] !== undefined;
	fc.assert(
		fc.property(valuesFor(model), ({ prompt, size: chosen, count: wanted, images, ...set }) => {
			const fields = Object.fromEntries(Object.entries(set).filter(([name]) => takes(name)));
			const count = Math.min(wanted ?? 1, model.imagesPerRequest);
			const request = { prompt, size: chosen, count, images, fields };
			const built = buildBody(model, operation, request);
			fc.pre('body' in built);
			expect({ body: built.body, ...validate(built.body) }).toStrictEqual({
				body: built.body,
				valid: true,
			});
		}),
		{ numRuns: ACCEPTED },
	);
}

describe('The service accepts what the node accepts', () => {
	it.each(COMBINATIONS)('%s, %s', checkAccepted);
});
