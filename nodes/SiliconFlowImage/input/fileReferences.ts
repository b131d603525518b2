import type { IBinaryData } from 'n8n-workflow';
import { LABELS } from '../contract/labels';
import { isFile } from './file';
import type { InputItem } from './inputItem';
import { describeViolation, whenSet } from './values';

const LABEL = LABELS.inputDataFieldName;

/** What text and an object together become in an expression. */
const LOST_OBJECT = '[object Object]';

/**
 * Which files Input Data Field Name means, in their order: names separated by commas or, from an
 * expression, files, the files of an item by their names, and lists of any of these.
 *
 * @returns names and files, at least one
 * @throws NodeOperationError when it means none
 */
export function readFileReferences(item: InputItem, value: unknown): Array<string | IBinaryData> {
	const found = referencesIn(item, value);
	if (found.length > 0) return found;
	return item.refuse(
		// n8n tells the language model of an agent the message alone.
		item.isTool
			? `'${LABEL}' gives no image to edit: none came with this message`
			: `'${LABEL}' is empty`,
		'Enter the name of the input field that holds the image, usually data. If there is an expression, it gave nothing for this item.',
	);
}

function referencesIn(item: InputItem, value: unknown): Array<string | IBinaryData> {
	const set = whenSet(value);
	if (set === undefined) return [];
	if (typeof set === 'string') return namesIn(item, set);
	if (isFile(set)) return [set];
	if (Array.isArray(set)) return set.flatMap((entry) => referencesIn(item, entry));
	if (isFilesByName(set)) return Object.values(set);
	if ([set, ...Object.values(set as object)].some(isFileWithoutContent)) {
		item.refuse(
			`'${LABEL}': the expression gives a file without its content`,
			'If n8n keeps files in memory, $binary leaves the content out. Enter the name of the field, or write $input.item.binary in place of $binary.',
		);
	}
	return item.refuse(
		describeViolation(
			{ label: LABEL, rule: 'must be the name of a field, or a file', value: set },
			item.clean,
		),
		'Enter a name such as data, or an expression that gives a file, such as {{ $("Step name").item.binary.data }}.',
	);
}

function namesIn(item: InputItem, text: string): string[] {
	if (text.includes(LOST_OBJECT)) {
		item.refuse(
			`'${LABEL}' has text around an expression that gives a file, so the file is lost`,
			'Remove everything around {{ }}, including spaces. For several files, let one expression give a list, such as {{ [$("Step name").item.binary.data, "photo"] }}.',
		);
	}
	return text
		.split(',')
		.map((name) => name.trim())
		.filter((name) => name !== '');
}

/** What n8n's `$binary` and `$node` give of a file that is kept in memory. */
function isFileWithoutContent(value: unknown): boolean {
	return !isFile(value) && typeof (value as { mimeType?: unknown } | null)?.mimeType === 'string';
}

function isFilesByName(value: unknown): value is Record<string, IBinaryData> {
	if (typeof value !== 'object' || value === null) return false;
	const files = Object.values(value);
	return files.length > 0 && files.every(isFile);
}
