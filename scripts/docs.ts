/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports, no-console */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INodeProperties } from 'n8n-workflow';
import { modelIds, rowsOf } from '../nodes/SiliconFlowImage/contract/catalog';
import { FIELDS, type FieldName } from '../nodes/SiliconFlowImage/contract/fields';
import { MODELS, type ModelRow } from '../nodes/SiliconFlowImage/contract/models';
import { OPERATION_NAMES, OPERATIONS } from '../nodes/SiliconFlowImage/contract/operations';
import { nodeProperties } from '../nodes/SiliconFlowImage/description';
import { EXECUTION_NUMBERS } from '../nodes/SiliconFlowImage/description/executionOptions';
import { OUTPUT_SWITCHES, type OutputSwitch } from '../nodes/SiliconFlowImage/description/options';

/**
 * Generates the tables of the documents from the capability table and the node description. `--check`
 * writes nothing and exits with 1 when a document is out of date.
 */

/** The tables by the name between their markers, `<!-- NAME:begin -->` and `<!-- NAME:end -->`. */
type Tables = Readonly<Record<string, () => string>>;

/** The documents that hold generated tables. */
export const DOCUMENTS: Readonly<Record<string, Tables>> = {
	'README.md': { models: () => modelOverview() },
	'docs/reference.md': { models: () => modelTable(), options: optionsTable },
};

const SITES = { cn: 'China', com: 'International' } as const;

const OPERATION_COLUMNS = OPERATION_NAMES.map((operation) => OPERATIONS[operation].heading);

/** What stands in these columns for a model. */
function ableCells(rows: readonly ModelRow[]): string[] {
	const able = new Set(rows.flatMap(({ operations }) => operations));
	return OPERATION_NAMES.map((operation) => (able.has(operation) ? 'yes' : '-'));
}

/** One row for each model, for a reader who chooses one. */
export function modelOverview(): string {
	const body = modelIds().map((id) => {
		const ofModel = rowsOf(id);
		const sites = [...new Set(ofModel.map(({ site }) => SITES[site]))].join(', ');
		return [`\`${id}\``, ofModel[0].summary, sites, ...ableCells(ofModel)];
	});
	return table(['Model', 'Good for', 'Site', ...OPERATION_COLUMNS], body);
}

/** One row for each row of the capability table, with all that it says. */
export function modelTable(): string {
	return table(
		[
			'Model',
			'Site',
			...OPERATION_COLUMNS,
			'Sizes',
			'Input images',
			'Images per request',
			'Options it takes',
		],
		MODELS.map((row) => [
			`\`${row.id}\``,
			SITES[row.site],
			...ableCells([row]),
			row.size?.sizes.join(', ') ?? 'by the model',
			inputImages(row),
			row.imagesPerRequest === 1 ? '1' : `up to ${row.imagesPerRequest}`,
			(Object.keys(row.fields) as FieldName[]).map((name) => FIELDS[name].label).join(', '),
		]),
	);
}

/** One row for each entry of Options and of Execution Options. */
export function optionsTable(): string {
	const properties = nodeProperties();
	const rows = ['options', 'executionOptions'].flatMap((name) => {
		const list = properties.find((property) => property.name === name);
		return ((list?.options ?? []) as INodeProperties[]).map((option) => [
			option.displayName,
			list?.displayName ?? '',
			option.description ?? option.hint ?? '',
			range(option),
			whenNotAdded(option, name),
		]);
	});
	return table(['Option', 'List', 'What it does', 'Range', 'When not added'], rows);
}

/** A document with its tables regenerated. Throws when a marker is missing. */
export function withTables(document: string, tables: Tables): string {
	return Object.entries(tables).reduce(
		(text, [name, content]) => between(text, name, content()),
		document,
	);
}

function inputImages({ images }: ModelRow): string {
	if (images === undefined) return '-';
	const count = images.names.length === 1 ? '1' : `1 to ${images.names.length}`;
	return images.acceptsUrl ? count : `${count}, no URLs`;
}

function range({ type, typeOptions, options = [] }: INodeProperties): string {
	if (type === 'options') return options.map(({ name }) => name).join(', ');
	if (type === 'boolean') return 'on, off';
	if (type === 'json') return 'JSON object';
	if (type === 'resourceLocator') return 'model';
	if (type !== 'number') return 'text';
	return `${typeOptions?.minValue} to ${typeOptions?.maxValue}`;
}

/** What applies when the option is not added. A field of the request is then not sent. */
function whenNotAdded({ name, type, default: initial }: INodeProperties, list: string): string {
	if (Object.values(FIELDS).some(({ parameter }) => parameter === name)) return 'not sent';
	if (Object.hasOwn(OUTPUT_SWITCHES, name)) {
		return OUTPUT_SWITCHES[name as OutputSwitch].ifNotAdded ? 'on' : 'off';
	}
	if (type === 'boolean') return initial === true ? 'on' : 'off';
	if (list === 'executionOptions') {
		return String(EXECUTION_NUMBERS[name as keyof typeof EXECUTION_NUMBERS].ifNotAdded);
	}
	const isEmpty = type === 'json' || type === 'resourceLocator' || initial === '';
	return isEmpty ? '-' : `\`${String(initial)}\``;
}

/** A Markdown table, formatted as prettier does, so that formatting the README changes nothing. */
function table(head: string[], body: string[][]): string {
	const rows = [head, ...body].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
	const widths = head.map((_, i) => Math.max(3, ...rows.map((row) => row[i].length)));
	const line = (cells: string[]) =>
		`| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`;
	const [first, ...rest] = rows;
	return [line(first), line(widths.map((width) => '-'.repeat(width))), ...rest.map(line)].join(
		'\n',
	);
}

function between(text: string, name: string, content: string): string {
	const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
	const from = text.indexOf(begin);
	const to = text.indexOf(end);
	if (from < 0 || to < from)
		throw new Error(`The document must contain ${begin}, followed by ${end}`);
	return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
}

function main(): void {
	const isCheck = process.argv.includes('--check');
	for (const [path, tables] of Object.entries(DOCUMENTS)) {
		const file = join(__dirname, '..', path);
		const text = readFileSync(file, 'utf8');
		const fresh = withTables(text, tables);
		if (fresh === text) {
			console.log(`The tables in ${path} are up to date.`);
		} else if (isCheck) {
			console.error(`The tables in ${path} are out of date. Run: npm run docs`);
			process.exitCode = 1;
		} else {
			writeFileSync(file, fresh);
			console.log(`Updated the tables in ${path}.`);
		}
	}
}

if (require.main === module) main();
