import type { IBinaryData, IDataObject } from 'n8n-workflow';
import type { Capabilities } from '../contract/catalog';
import { LABELS } from '../contract/labels';
import { OPERATIONS, type Operation } from '../contract/operations';
import { isDataUrl } from '../contract/urls';
import { IMAGE_SOURCES, type ImageSource } from '../description/images';
import { base64Image } from './base64Image';
import { binaryImage } from './binaryImage';
import type { InputImage } from './inputImage';
import { isFile, type InputItem } from './inputItem';
import { urlImage } from './urlImage';
import { choiceOf, whenSet } from './values';

/**
 * The input images of an item in their order. A field of an entry may hold several: names separated
 * by commas, or a list from an expression.
 *
 * @throws NodeOperationError when the source or a value is of no kind that can be an image
 */
export function readInputImages(
	item: InputItem,
	model: Capabilities,
	operation: Operation,
): InputImage[] {
	const entries = item.parameter('images.image', []) as IDataObject[];
	return entries.flatMap((entry, position): InputImage[] => {
		switch (readSource(item, entry.source)) {
			case 'binary':
				return readFileReferences(item, entry.binaryPropertyName, operation).map((reference) =>
					binaryImage(item, reference),
				);
			case 'url':
				return listOf(entry.url).map((value) => imageOfUrl(item, model, operation, value));
			case 'base64':
				return listOf(entry.base64).map((value, at) => {
					if (isFile(value)) return binaryImage(item, value);
					readText(item, LABELS.base64, value);
					return base64Image(item, LABELS.base64, () => base64Text(item, position, at));
				});
		}
	});
}

function readSource(item: InputItem, given: unknown): ImageSource {
	const found = choiceOf(IMAGE_SOURCES, given);
	if (found) return found.value;
	const names = IMAGE_SOURCES.map(({ name }) => name).join(' or ');
	const values = IMAGE_SOURCES.map(({ value }) => value).join(', ');
	return item.refuse(
		item.describe({ label: LABELS.source, rule: `must be ${names}`, value: given }),
		`Choose one from the list. An expression must give one of these: ${values}.`,
	);
}

function imageOfUrl(
	item: InputItem,
	model: Capabilities,
	operation: Operation,
	value: unknown,
): InputImage {
	// A file or a data URL is often put where a URL is asked for, and it is clear what is meant.
	if (isFile(value)) return binaryImage(item, value);
	const url = readText(item, LABELS.url, value);
	return isDataUrl(url)
		? base64Image(item, LABELS.url, () => url)
		: urlImage(item, model, operation, url);
}

/** @throws NodeOperationError for a value that is neither text nor nothing */
function readText(item: InputItem, label: string, value: unknown): string {
	const set = whenSet(value) ?? '';
	if (typeof set === 'string') return set.trim();
	return item.refuse(
		item.describe({ label, rule: 'must be text', value: set }),
		'Check the expression. It must give a text, or a list of texts.',
	);
}

/** Read anew each time, because the text may be megabytes and hundreds of items may wait. */
function base64Text(item: InputItem, position: number, at: number): string {
	const entries = item.parameter('images.image', []) as IDataObject[];
	const values = entries.map((entry) => entry.base64)[position];
	return String(whenSet(listOf(values)[at]) ?? '');
}

/** The values of a field: those of a list, or the one that it is. An empty list is an empty value. */
function listOf(value: unknown): unknown[] {
	const values = [value].flat(Infinity);
	return values.length > 0 ? values : [undefined];
}

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
function readFileReferences(
	item: InputItem,
	value: unknown,
	operation: Operation,
): Array<string | IBinaryData> {
	const found = referencesIn(item, value);
	if (found.length > 0) return found;
	return item.refuse(
		// n8n tells the language model of an agent the message alone.
		item.isTool
			? `'${LABEL}' gives no image to ${OPERATIONS[operation].verb}: none came with this message`
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
		item.describe({ label: LABEL, rule: 'must be the name of a field, or a file', value: set }),
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
