/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SiliconFlowImage } from '../../nodes/SiliconFlowImage/SiliconFlowImage.node';
import { readNames } from './readNames';
import { walk } from './walk';

const NODE = join(__dirname, '..', '..', 'nodes', 'SiliconFlowImage');

const declared = new Set(
	walk(new SiliconFlowImage().description.properties).map(({ path }) => path),
);
const read = new Set(
	['input', 'execution', 'transport', 'methods']
		.flatMap((folder) => readdirSync(join(NODE, folder)).map((name) => join(NODE, folder, name)))
		.flatMap(readNames),
);

/** The list inside Images is read, and with it the field around it. */
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

	it('the look at the code finds what is there', () => {
		expect([...read]).toEqual(
			expect.arrayContaining([
				'prompt',
				'options.watermark',
				'options.seed',
				'executionOptions.timeout',
				'executionOptions.retryAmbiguous',
				'images.image.base64',
			]),
		);
	});
});
