/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INodeParameters } from 'n8n-workflow';
import { openWorkbench, type Workbench } from '../support/workbench';

/** The editor previews the output of a step before it has run. The preview must be correct. */

const VERSION = join(__dirname, '..', '..', 'nodes', 'SiliconFlowImage', '__schema__', 'v1.0.0');
/** n8n looks for a preview under the resource, then the operation. */
const SCHEMAS = join(VERSION, 'image');
const image = { source: 'url', url: 'https://images.example/cat.png' };

let bench: Workbench;
beforeAll(async () => {
	bench = await openWorkbench();
});
afterAll(async () => await bench.close());

it.each<[string, INodeParameters]>([
	['edit', { images: { image: [image] } }],
	['generate', {}],
])('%s outputs what its preview shows', async (operation, parameters) => {
	const step = { operation, prompt: 'a fox', ...parameters };
	const { items, error } = await bench.step(step);

	expect(error).toBeUndefined();
	const schema = JSON.parse(readFileSync(join(SCHEMAS, `${operation}.json`), 'utf8')) as {
		type: string;
		properties: Record<string, { type: string }>;
	};
	const types = Object.entries(items[0].json).map(([key, value]) => [key, typeof value]);
	const previewed = Object.entries(schema.properties).map(([key, { type }]) => [key, type]);
	expect(previewed).toStrictEqual(types);
	expect(schema.type).toBe('object');
});

it('Every operation has a preview, and there are no others', () => {
	expect(readdirSync(VERSION)).toStrictEqual(['image']);
	expect(readdirSync(SCHEMAS).sort()).toStrictEqual(['edit.json', 'generate.json']);
});
