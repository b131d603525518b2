import fc from 'fast-check';
import { asFile, isFile } from '../../../nodes/SiliconFlowImage/input/inputItem';

/** Files by their shape. The stories try those that steps really give; this tries everything else. */

describe('Whatever stands in place of a file', () => {
	const shapes = fc.oneof(
		fc.anything({
			withTypedArray: true,
			withBigInt: true,
			withDate: true,
			withNullPrototype: true,
		}),
		fc.record(
			{
				id: fc.oneof(fc.string(), fc.anything()),
				data: fc.oneof(fc.string(), fc.uint8Array(), fc.anything()),
				mimeType: fc.oneof(fc.string(), fc.anything()),
				fileName: fc.anything(),
				type: fc.constantFrom('Buffer', 'buffer', 7),
			},
			{ requiredKeys: [] },
		),
	);

	it('is a file with a place or with content, or none', () => {
		fc.assert(
			fc.property(shapes, (value) => {
				const file = asFile(value);
				if (isFile(value)) expect(file).toBeDefined();
				if (file === undefined) return;
				const { id, content, name, mimeType } = file;
				expect([typeof id, typeof content]).toContain('undefined');
				expect(typeof (id ?? content) === 'string' || Buffer.isBuffer(content)).toBe(true);
				for (const said of [name, mimeType]) {
					if (said !== undefined) expect(typeof said).toBe('string');
				}
			}),
			{ numRuns: 3_000 },
		);
	});

	it('is the bytes that it was', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 300 }), (given) => {
				const bytes = Buffer.from(given);
				const written: unknown = JSON.parse(JSON.stringify(bytes));
				for (const value of [given, bytes, written, { data: bytes }, { data: written }]) {
					expect((asFile(value)?.content as Buffer).equals(bytes)).toBe(true);
				}
			}),
		);
	});

	it('is not made of more numbers than an image may have bytes', () => {
		expect(asFile({ type: 'Buffer', data: Array(33 * 1024 * 1024) })).toBeUndefined();
	});
});
