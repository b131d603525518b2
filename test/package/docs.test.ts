/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MODELS, type ModelRow } from '../../nodes/SiliconFlowImage/contract/models';
import { SiliconFlowImage } from '../../nodes/SiliconFlowImage/SiliconFlowImage.node';
import { optionsOf } from '../description/panel';
import { DOCUMENTS, modelOverview, modelTable, optionsTable, withTables } from '../../scripts/docs';

const ROOT = join(__dirname, '..', '..');
const textOf = (document: string) => readFileSync(join(ROOT, document), 'utf8');

const cellsOf = (line: string) =>
	line
		.split(/(?<!\\)\|/)
		.slice(1, -1)
		.map((cell) => cell.trim());

describe('The generated tables', () => {
	it.each(Object.entries(DOCUMENTS))(
		'of %s are up to date (else: npm run docs)',
		(path, tables) => {
			expect(textOf(path)).toBe(withTables(textOf(path), tables));
		},
	);

	it('need their markers', () => {
		const { 'docs/reference.md': tables } = DOCUMENTS;

		expect(() => withTables('# A document\n', tables)).toThrow('<!-- models:begin -->');
	});

	it('leave the text around them unchanged', () => {
		const text =
			'# Above\n<!-- models:begin -->old<!-- models:end -->\n' +
			'between\n<!-- options:begin -->\n<!-- options:end -->\nbelow\n';

		expect(withTables(text, DOCUMENTS['docs/reference.md'])).toBe(
			`# Above\n<!-- models:begin -->\n\n${modelTable()}\n\n<!-- models:end -->\n` +
				`between\n<!-- options:begin -->\n\n${optionsTable()}\n\n<!-- options:end -->\nbelow\n`,
		);
	});
});

describe('The overview of models', () => {
	const lines = modelOverview().split('\n').map(cellsOf);

	it('has each model once', () => {
		expect(lines).toHaveLength(new Set(MODELS.map(({ id }) => id)).size + 2);
	});

	it('names both sites of a model', () => {
		expect(lines.find(([id]) => id === '`Qwen/Qwen-Image-Edit`')).toStrictEqual([
			'`Qwen/Qwen-Image-Edit`',
			'Changes text, style or objects in one image',
			'China, International',
			'-',
			'yes',
		]);
	});
});

describe('The table of models', () => {
	it('has a row for each model', () => {
		expect(modelTable().split('\n')).toHaveLength(MODELS.length + 2);
	});

	it('describes a new model completely', () => {
		const row: ModelRow = {
			id: 'Acme/Tomorrow-2',
			site: 'com',
			trait: 'new',
			summary: 'Made up',
			operations: ['edit'],
			images: { wire: ['input_image', 'more'], acceptsUrl: false },
			fields: { seed: {}, cfg: {} },
			imagesPerRequest: 3,
		};

		expect(
			modelTable([...MODELS, row])
				.split('\n')
				.map(cellsOf)
				.at(-1),
		).toStrictEqual([
			'`Acme/Tomorrow-2`',
			'International',
			'-',
			'yes',
			'by the model',
			'1 to 2, no URLs',
			'up to 3',
			'Seed, CFG Scale',
		]);
	});

	it('is correct for Kolors', () => {
		expect(modelTable().split('\n').map(cellsOf)[2]).toStrictEqual([
			'`Kwai-Kolors/Kolors`',
			'China',
			'yes',
			'yes',
			'1024x1024, 960x1280, 768x1024, 720x1440, 720x1280',
			'1',
			'up to 4',
			'Negative Prompt, Seed, Steps, Guidance Scale',
		]);
	});
});

describe('A model on both sites', () => {
	const line = (id: string, site: string) =>
		modelTable()
			.split('\n')
			.map(cellsOf)
			.find((cells) => cells[0] === `\`${id}\`` && cells[1] === site);

	it('has a row for each site, with the differences', () => {
		expect(line('Qwen/Qwen-Image', 'China')?.[6]).toBe('1');
		expect(line('Qwen/Qwen-Image', 'International')?.[6]).toBe('up to 4');
		expect(line('Qwen/Qwen-Image-Edit', 'China')?.[5]).toBe('1');
		expect(line('Qwen/Qwen-Image-Edit', 'International')?.[5]).toBe('1, no URLs');
	});
});

describe('The table of options', () => {
	const lines = optionsTable().split('\n').map(cellsOf);
	const line = (option: string) => lines.find(([name]) => name === option);

	it('has every option, with a description', () => {
		const labels = ['options', 'executionOptions'].flatMap((name) =>
			optionsOf(new SiliconFlowImage().description, name).map(({ displayName }) => displayName),
		);

		expect(lines.slice(2).map(([name]) => name)).toStrictEqual(labels);
		expect(lines.flat().filter((cell) => cell === '')).toStrictEqual([]);
	});

	it.each([
		['Seed', 'Options', '0 to 9999999999', 'not sent'],
		['CFG Scale', 'Options', '0.1 to 20', 'not sent'],
		['Safety Tolerance', 'Options', '0 to 6', 'not sent'],
		['Raw', 'Options', 'on, off', 'not sent'],
		['Watermark', 'Options', 'on, off', 'on'],
		['Include Input Fields', 'Options', 'on, off', 'off'],
		['Output Data Field Name', 'Options', 'text', '`data`'],
		['Images per Minute', 'Execution Options', '0 to 6000', '0'],
		['Give Up After', 'Execution Options', '0 to 1440', '10'],
		['Retry on Timeout', 'Execution Options', 'on, off', 'off'],
	])('%s', (option, list, range, unset) => {
		const [, inList, , inRange, whenNotAdded] = line(option) ?? [];

		expect([inList, inRange, whenNotAdded]).toStrictEqual([list, range, unset]);
	});
});

it('CONTRIBUTING names only files and folders that exist', () => {
	const text = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8');
	const paths = [...text.matchAll(/`([\w.-]+\/(?:[\w./-]*\.ts|[\w./-]*\/)?)`/g)].map(
		([, path]) => path,
	);

	expect(paths.length).toBeGreaterThan(25);
	const folders = [ROOT, join(ROOT, 'nodes', 'SiliconFlowImage')];
	const missing = paths.filter((path) => !folders.some((folder) => existsSync(join(folder, path))));
	expect(missing).toStrictEqual([]);
});
