import type { IDataObject } from 'n8n-workflow';
import type { Capabilities } from '../contract/catalog';
import { LABELS } from '../contract/labels';
import { OPERATIONS, type Operation } from '../contract/operations';
import { asRecord, isDataUrl } from '../contract/unknownValue';
import { IMAGE_SOURCES, type ImageSource } from '../description/images';
import { base64Image } from './base64Image';
import { binaryImage } from './binaryImage';
import type { InputImage } from './inputImage';
import { asFile, isFile, type InputItem, type ItemFile } from './inputItem';
import { urlImage } from './urlImage';
import { choiceOf, isExpression, whenSet } from './values';

/** The input images of an item, and what to say about them beside the output. */
export interface ReadImages {
	readonly images: InputImage[];
	readonly hints: readonly string[];
}

/**
 * The input images of an item in their order. A field of an entry may hold several: names separated
 * by commas, or a list from an expression. An entry that its expression leaves empty, such as that of
 * an optional second image, is left out if another one gives an image.
 *
 * @throws NodeOperationError when the source or a value is of no kind that can be an image
 */
export function readInputImages(
	item: InputItem,
	model: Capabilities,
	operation: Operation,
): ReadImages {
	const given = item.parameter('images.image', []) as IDataObject[];
	const entries = given.map((entry, position) => {
		const source = readSource(item, entry.source);
		const values = { binary: entry.binaryPropertyName, url: entry.url, base64: entry.base64 };
		return { source, value: values[source], ...FIELD_OF[source], position };
	});
	const stored = item.parameter('images.image', [], { rawExpressions: true });
	const isLeftEmpty = ({ value, field, position }: (typeof entries)[number]) =>
		isExpression(asRecord(asRecord(stored)[position])[field]) && isEmpty(value);
	const filled = entries.filter((entry) => !isLeftEmpty(entry));
	const kept = filled.length > 0 ? filled : entries;
	const left = filled.length > 0 ? entries.filter(isLeftEmpty) : [];
	return {
		images: kept.flatMap(({ source, value, label, position }): InputImage[] => {
			switch (source) {
				case 'binary':
					return readFileReferences(item, value, operation).map((reference) =>
						binaryImage(item, reference),
					);
				case 'url':
					return listOf(item, label, value).map((one) => imageOfUrl(item, model, operation, one));
				case 'base64':
					return listOf(item, label, value).map((one, at) => {
						const file = isFile(one) ? asFile(one) : undefined;
						if (file) return binaryImage(item, file);
						readText(item, label, one);
						return base64Image(item, label, () => base64Text(item, position, at));
					});
			}
		}),
		hints: left.map(
			({ label }) =>
				`An entry of '${LABELS.images}' was left out, because the expression in '${label}' gave nothing`,
		),
	};
}

/** Which field of an entry holds the image, by its source. */
const FIELD_OF: Readonly<Record<ImageSource, { readonly field: string; readonly label: string }>> =
	{
		binary: { field: 'binaryPropertyName', label: LABELS.inputDataFieldName },
		url: { field: 'url', label: LABELS.url },
		base64: { field: 'base64', label: LABELS.base64 },
	};

function readSource(item: InputItem, given: unknown): ImageSource {
	const found = choiceOf(IMAGE_SOURCES, given);
	if (found) return found.value;
	const names = IMAGE_SOURCES.map(({ name }) => name).join(' or ');
	const values = IMAGE_SOURCES.map(({ value }) => value).join(', ');
	return item.refuseValue(
		{ label: LABELS.source, rule: `must be ${names}`, value: given },
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
	const file = isFile(value) ? asFile(value) : undefined;
	if (file) return binaryImage(item, file);
	const url = readText(item, LABELS.url, value);
	return isDataUrl(url)
		? base64Image(item, LABELS.url, () => url)
		: urlImage(item, model, operation, url);
}

/** @throws NodeOperationError for a value that is neither text nor nothing */
function readText(item: InputItem, label: string, value: unknown): string {
	const set = whenSet(value) ?? '';
	if (typeof set === 'string') return set.trim();
	return item.refuseValue(
		{ label, rule: 'must be text', value: set },
		'Check the expression. It must give a text, or a list of texts.',
	);
}

/** Read anew each time, because the text may be megabytes and hundreds of items may wait. */
function base64Text(item: InputItem, position: number, at: number): string {
	const entries = item.parameter('images.image', []) as IDataObject[];
	const values = entries.map((entry) => entry.base64)[position];
	return String(whenSet(listOf(item, LABELS.base64, values)[at]) ?? '');
}

/** The values of a field: those of a list, or the one that it is. An empty list is an empty value. */
function listOf(item: InputItem, label: string, value: unknown): unknown[] {
	const values = valuesIn(item, label, value);
	return values.length > 0 ? values : [undefined];
}

/** More than anybody combines, and few enough to go through at once. */
const MAX_VALUES = 1000;

/**
 * The values in a list, and in the lists inside it, in their order.
 *
 * @throws NodeOperationError when there are more than anybody means
 */
function valuesIn(item: InputItem, label: string, value: unknown): unknown[] {
	const values: unknown[] = [];
	const rest = [value];
	// Lists are counted too, because one may be in itself.
	for (let seen = 0; rest.length > 0; seen++) {
		const next = rest.pop();
		if (seen > MAX_VALUES || (Array.isArray(next) && next.length > MAX_VALUES)) {
			item.refuse(
				`'${label}' gives a list of more than ${MAX_VALUES} values`,
				'Check the expression. It must give an image, or a list of the images for one request.',
			);
		}
		if (Array.isArray(next)) rest.push(...[...(next as unknown[])].reverse());
		else values.push(next);
	}
	return values;
}

/** Whether a value of a field gives nothing: it is not set, or a list without values. */
function isEmpty(value: unknown): boolean {
	if (!Array.isArray(value)) return whenSet(value) === undefined;
	return value.length <= MAX_VALUES && value.every(isUnset);
}

const isUnset = (value: unknown) =>
	Array.isArray(value) ? value.length === 0 : whenSet(value) === undefined;

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
): Array<string | ItemFile> {
	const found = valuesIn(item, LABEL, value).flatMap((one) => referencesIn(item, one));
	if (found.length > 0) return found;
	return item.refuse(
		// n8n tells the language model of an agent the message alone.
		item.isTool
			? `'${LABEL}' gives no image to ${OPERATIONS[operation].verb}: none came with this message`
			: `'${LABEL}' is empty`,
		'Enter the name of the input field that holds the image, usually data. If there is an expression, it gave nothing for this item.',
	);
}

function referencesIn(item: InputItem, value: unknown): Array<string | ItemFile> {
	const set = whenSet(value);
	if (set === undefined) return [];
	if (typeof set === 'string') return namesIn(item, set);
	const file = isFile(set) ? asFile(set) : undefined;
	if (file) return [file];
	const inside = Object.values(asRecord(set));
	if (inside.length > 0 && inside.every(isFile)) {
		return inside.flatMap((one) => asFile(one) ?? []);
	}
	if ([set, ...inside].some(isFileWithoutContent)) {
		item.refuse(
			`'${LABEL}': the expression gives a file without its content`,
			'If n8n keeps files in memory, $binary leaves the content out. Enter the name of the field, or write $input.item.binary in place of $binary.',
		);
	}
	return item.refuseValue(
		{ label: LABEL, rule: 'must be the name of a field, or a file', value: set },
		'Enter a name such as data, or an expression that gives a file, such as {{ $("Step name").item.binary.data }}.',
	);
}

/** Longer than the names of all files that one request takes. */
const MAX_NAMES_CHARACTERS = 5000;

function namesIn(item: InputItem, text: string): string[] {
	if (text.length > MAX_NAMES_CHARACTERS) {
		item.refuseValue(
			{ label: LABEL, rule: 'must be the name of a field', value: text },
			`If this is the image itself as Base64 text, set '${LABELS.source}' to ${LABELS.base64}.`,
		);
	}
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
	return !isFile(value) && typeof asRecord(value).mimeType === 'string';
}
