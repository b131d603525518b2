/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SiliconFlowImage } from '../../nodes/SiliconFlowImage/SiliconFlowImage.node';
import { MODELS, type ModelRow } from '../../nodes/SiliconFlowImage/contract/models';
import { DOCUMENTS, modelOverview, modelTable, optionsTable, withTables } from '../../scripts/docs';
import { optionsOf } from '../description/panel';
import { setModels } from '../support/modelTable';

const ROOT = join(__dirname, '..', '..');
const textOf = (document: string) => readFileSync(join(ROOT, document), 'utf8');

const cellsOf = (line: string) =>
	line
		.split(/(?<!\\)\|/)
		.slice(1, -1)
		.map((cell) => cell.trim());

/** The lines of a table, each by the heads of its columns. */
function rowsOf(table: string): Array<Record<string, string>> {
	const [head, , ...rows] = table.split('\n').map(cellsOf);
	return rows.map((cells) => Object.fromEntries(head.map((name, at) => [name, cells[at]])));
}

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
	const rows = rowsOf(modelOverview());

	it('has each model once', () => {
		expect(rows).toHaveLength(new Set(MODELS.map(({ id }) => id)).size);
	});

	it('names both sites of a model', () => {
		expect(rows.find(({ Model }) => Model === '`Qwen/Qwen-Image-Edit`')).toMatchObject({
			'Good for': 'Changes text, style or objects in one image',
			Site: 'China, International',
			Generate: '-',
			Edit: 'yes',
		});
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
			images: { names: ['input_image', 'more'], acceptsUrl: false },
			fields: { seed: {}, cfg: {} },
			imagesPerRequest: 3,
		};

		setModels([...MODELS, row]);
		const [described] = rowsOf(modelTable()).slice(-1);
		setModels();

		expect(described).toMatchObject({
			Model: '`Acme/Tomorrow-2`',
			Site: 'International',
			Generate: '-',
			Edit: 'yes',
			Sizes: 'by the model',
			'Input images': '1 to 2, no URLs',
			'Images per request': 'up to 3',
			'Options it takes': 'Seed, CFG Scale',
		});
	});

	it('is correct for Kolors', () => {
		expect(rowsOf(modelTable())[0]).toMatchObject({
			Model: '`Kwai-Kolors/Kolors`',
			Site: 'China',
			Generate: 'yes',
			Edit: 'yes',
			Sizes: '1024x1024, 960x1280, 768x1024, 720x1440, 720x1280',
			'Input images': '1',
			'Images per request': 'up to 4',
			'Options it takes': 'Negative Prompt, Seed, Steps, Guidance Scale',
		});
	});
});

describe('A model on both sites', () => {
	const row = (id: string, site: string) =>
		rowsOf(modelTable()).find(({ Model, Site }) => Model === `\`${id}\`` && Site === site);

	it('has a row for each site, with the differences', () => {
		const [perRequest, inputs] = ['Images per request', 'Input images'];

		expect(row('Qwen/Qwen-Image', 'China')?.[perRequest]).toBe('1');
		expect(row('Qwen/Qwen-Image', 'International')?.[perRequest]).toBe('up to 4');
		expect(row('Qwen/Qwen-Image-Edit', 'China')?.[inputs]).toBe('1');
		expect(row('Qwen/Qwen-Image-Edit', 'International')?.[inputs]).toBe('1, no URLs');
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
		['Give Up After', 'Execution Options', '0 to 1440', '15'],
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
