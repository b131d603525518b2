/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SiliconFlowImage } from '../../nodes/SiliconFlowImage/SiliconFlowImage.node';
import { readNames } from './readNames';
import { walk } from './walk';

const NODE = join(__dirname, '..', '..', 'nodes', 'SiliconFlowImage');

/** What n8n alone reads, for the name of a step, and for the name and description of a tool. */
const OF_N8N = ['resource', 'toolDescription'];
const declared = new Set(
	walk(new SiliconFlowImage().description.properties)
		// A notice has no value.
		.filter(({ property }) => property.type !== 'notice')
		.map(({ path }) => path)
		.filter((path) => !OF_N8N.includes(path)),
);
const read = new Set(
	['input', 'execution', 'transport', 'methods']
		.flatMap((folder) => readdirSync(join(NODE, folder)).map((name) => join(NODE, folder, name)))
		.flatMap(readNames),
);

/** The code reads the list inside Images, which counts for the field around it. */
const around = (path: string) => path.split('.').map((_, i, all) => all.slice(0, i + 1).join('.'));

describe('The panel and the code agree', () => {
	it('every field of the panel is read', () => {
		const touched = new Set([...read].flatMap(around));

		expect([...declared].filter((path) => !touched.has(path))).toStrictEqual([]);
	});

	it('every field that is read is in the panel', () => {
		const known = new Set([...declared].flatMap(around));

		expect([...read].filter((path) => !known.has(path))).toStrictEqual([]);
	});

	it('the search in the code finds reads of every kind', () => {
		expect([...read]).toEqual(
			expect.arrayContaining([
				'prompt',
				'options.watermark',
				'options.seed',
				'executionOptions.timeout',
				'executionOptions.retryOnTimeout',
				'images.image.base64',
			]),
		);
	});
});

describe('The look at the code', () => {
	const namesIn = (text: string) => {
		const folder = mkdtempSync(join(tmpdir(), 'parameters-'));
		const file = join(folder, 'sample.ts');
		writeFileSync(file, text);
		try {
			return readNames(file);
		} finally {
			rmSync(folder, { recursive: true });
		}
	};

	it.each([
		["item.parameter('seed')", ['seed']],
		[
			"const options = item.parameter('options', {}) as A; options.seed",
			['options', 'options.seed'],
		],
		["context.getNodeParameter('seed', 0)", ['seed']],
		['class A { parameter(name: string) { return this.b.getNodeParameter(name, 0); } }', []],
	])('understands %s', (text, names) => {
		expect(namesIn(text)).toStrictEqual(names);
	});

	it.each([
		'item.parameter(name)',
		'context.getNodeParameter(name, 0)',
		'class A { read(name: string) { return this.b.getNodeParameter(name, 0); } }',
		'class A { parameter(name: string, other: string) { return this.b.getNodeParameter(other); } }',
		'class A { parameter(name: string) { return this.b.parameter(name); } }',
	])('is not fooled by %s', (text) => {
		expect(() => namesIn(text)).toThrow('computed name');
	});
});
