import type { IDataObject } from 'n8n-workflow';
import {
	capabilitiesOf,
	inputImageNames,
	modelIdsFor,
	type Capabilities,
} from '../contract/catalog';
import {
	FIELD_NAMES,
	FIELDS,
	MAX_NUMBER_OF_IMAGES,
	type Field,
	type FieldName,
} from '../contract/fields';
import { LABELS } from '../contract/labels';
import { wholeNumbers } from '../contract/numbers';
import { OPERATION_NAMES, operationOf, OPERATIONS, type Operation } from '../contract/operations';
import { isSizeReplaced, unsupportedFields, type RequestValues } from '../contract/request';
import { MAX_MODEL_ID_CHARACTERS, parseJson } from '../contract/response';
import { OUTPUT_SWITCHES, type OutputSwitch } from '../description/options';
import type { Access } from './access';
import { adviceForExpressionText, isExpressionText } from './expressionText';
import type { InputImage } from './inputImage';
import { readInputImages } from './inputImages';
import type { InputItem } from './inputItem';
import { readSize, type ChosenSize } from './readSize';
import { asNumber, asSwitch, asText, asWords, isExpression, whenSet } from './values';

/** Everything that one input item asks for, or all of them together. */
export interface Job {
	/** The items that it is for, in their order. */
	readonly items: readonly InputItem[];
	/** The first of them, which all but the images is read from. */
	readonly item: InputItem;
	readonly operation: Operation;
	readonly model: Capabilities;
	readonly values: Omit<RequestValues, 'count' | 'images'>;
	readonly images: readonly InputImage[];
	/** Whether the size is that which fits the first input image, and not that in `values`. */
	readonly matchesInput: boolean;
	readonly numberOfImages: number;
	readonly additionalFields: Readonly<IDataObject>;
	readonly watermark: boolean;
	readonly output: {
		readonly download: boolean;
		readonly field: string;
		readonly fileName: string;
		/** Whether the fields of the item come out beside those of the image. */
		readonly includeInputFields: boolean;
	};
	/** The same as Fallback Model makes it, where one is set. */
	readonly fallback?: Job;
	/** What is left out or sent although the panel suggests otherwise, said beside the output. */
	readonly hints: readonly string[];
}

/**
 * Reads the parameters of one job: its images from each item, everything else from the first. The
 * values of the request stay as they are, because the contract checks them (`checkJob`).
 *
 * @throws NodeOperationError with `itemIndex` where the parameters do not make a job
 */
export function readJob(items: readonly InputItem[], { region }: Access): Job {
	const [item] = items;
	const operation = readOperation(item);
	const given = item.parameter('model', '', { extractValue: true });
	const model = readModel(item, { label: LABELS.model, given }, operation, region);
	const options = item.parameter('options', {}) as IDataObject;
	const set = readFields(options);
	const unsupported = unsupportedFields(model, Object.keys(set) as FieldName[]);
	const taken = Object.entries(set).filter(([name]) => !unsupported.includes(name as FieldName));
	const chosen: ChosenSize = isSizeReplaced(model, { fields: set })
		? { hints: [] }
		: readSize(item, operation, model);
	const prompt = readPrompt(item);
	const promptHints = checkExpressionText(item, prompt);
	const takesImages = inputImageNames(model, operation).length > 0;
	const read = takesImages ? items.map((each) => readInputImages(each, model, operation)) : [];
	return {
		items,
		item,
		operation,
		model,
		values: { prompt, size: chosen.size, fields: Object.fromEntries(taken) },
		images: read.flatMap(({ images }) => images),
		matchesInput: chosen.matchesInput ?? false,
		numberOfImages: readNumberOfImages(item),
		additionalFields: readAdditionalFields(item, options.additionalBodyFields),
		watermark: readSwitch(item, 'watermark', options.watermark),
		output: {
			download: readSwitch(item, 'download', options.download),
			field: readOutputField(item, options.binaryPropertyOutput),
			includeInputFields: readSwitch(item, 'includeInputFields', options.includeInputFields),
			fileName: String(whenSet(options.fileName) ?? '').trim(),
		},
		hints: [
			...unsupported.map(
				(name) =>
					`${item.show(model.id)} does not take '${FIELDS[name].label}', so it was left out`,
			),
			...promptHints,
			...chosen.hints,
			...read.flatMap(({ hints }) => hints),
		],
	};
}

/** n8n runs a step with whatever it stores, such as an operation of a later version of this node. */
function readOperation(item: InputItem): Operation {
	const value = item.parameter('operation');
	const operation = operationOf(value);
	if (operation !== undefined) return operation;
	const labels = OPERATION_NAMES.map((name) => OPERATIONS[name].label).join(' or ');
	return item.refuseValue(
		{ label: LABELS.operation, rule: `must be ${labels}`, value },
		'Choose one from the list; it takes no expression. Nothing was sent.',
	);
}

/** A parameter whose value is the ID of a model. */
interface ModelParameter {
	readonly label: string;
	readonly given: unknown;
}

/**
 * The model that a parameter names.
 *
 * @throws NodeOperationError with `itemIndex` where it names none, or one that is known not to do the
 * operation
 */
export function readModel(
	item: InputItem,
	{ label, given }: ModelParameter,
	operation: Operation,
	region: Access['region'],
): Capabilities {
	const id = String(asWords(whenSet(given) ?? '')).trim();
	if (id === '') {
		item.refuse(`'${label}' is empty`, 'Choose a model from the list, or enter its ID.');
	}
	if (id.length > MAX_MODEL_ID_CHARACTERS) {
		item.refuse(
			`'${label}' has more than ${MAX_MODEL_ID_CHARACTERS} characters, which no model ID has`,
			'Choose a model from the list, or check the expression. Nothing was sent.',
		);
	}
	const advice = adviceForExpressionText(label, id);
	if (advice !== undefined) {
		item.refuse(`'${label}' is the text of an expression: ${item.show(id)}`, advice);
	}
	const model = capabilitiesOf(id, region);
	if (!model.operations.includes(operation)) {
		item.refuse(
			`'${label}': ${item.show(id)} cannot ${OPERATIONS[operation].verb} images`,
			// A custom address may lead to either site, so only the list knows which models are there.
			region === 'custom'
				? 'Choose another model from the list, which shows the models of your account.'
				: `Models that can: ${modelIdsFor(operation, region).join(', ')}.`,
		);
	}
	return model;
}

/** A number is read as its text. Anything else that is no text stays as it is, for the check. */
function readPrompt(item: InputItem): unknown {
	const prompt = asWords(item.parameter('prompt', ''));
	if (prompt !== undefined && prompt !== null && prompt !== '') return prompt;
	return item.refuse(
		`'${LABELS.prompt}' is empty: the expression gave nothing for this item`,
		'Check the names in the expression, and whether every item has a value for it. Nothing was sent.',
	);
}

/**
 * The text of an expression would be billed in place of what it stands for. Where an expression gave it,
 * the text comes from a step before, and may be meant.
 *
 * @returns what to say beside the output
 * @throws NodeOperationError with `itemIndex`
 */
function checkExpressionText(item: InputItem, prompt: unknown): string[] {
	if (typeof prompt !== 'string' || !isExpressionText(prompt)) return [];
	const label = LABELS.prompt;
	const isBare = !prompt.includes('{{');
	if (!isBare && isExpression(item.parameter('prompt', '', { rawExpressions: true }))) {
		return [
			`'${label}' has the text of an expression in it (${item.show(prompt)}), which was sent as it is; check the step that it comes from`,
		];
	}
	const advice = isBare
		? `An expression has two braces on each side, such as {{ $json.prompt }}. Write them in '${label}', and switch it from Fixed to Expression.`
		: adviceForExpressionText(label, prompt);
	return item.refuse(
		`'${label}' is the text of an expression, not its value: ${item.show(prompt)}`,
		`${advice} Nothing was sent.`,
	);
}

function readFields(options: IDataObject): Partial<Record<FieldName, unknown>> {
	const values = FIELD_NAMES.map((name) => {
		const field = FIELDS[name];
		return [name, readField(field, options[field.parameter])] as const;
	});
	return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

function readNumberOfImages(item: InputItem): number {
	const value = asNumber(item.parameter('numberOfImages', 1)) ?? 1;
	const range = wholeNumbers(1, MAX_NUMBER_OF_IMAGES);
	if (range.includes(value)) return value;
	return item.refuseValue(
		{ label: LABELS.numberOfImages, rule: range.rule, value },
		typeof value === 'number' && value > MAX_NUMBER_OF_IMAGES
			? 'Nothing was sent. Use more input items to get more images.'
			: 'Nothing was sent. Enter how many images to make from the prompt.',
	);
}

function readSwitch(item: InputItem, name: OutputSwitch, given: unknown): boolean {
	const { label, ifNotAdded } = OUTPUT_SWITCHES[name];
	const value = asSwitch(given) ?? ifNotAdded;
	if (typeof value === 'boolean') return value;
	return item.refuseValue(
		{ label, rule: 'must be true or false', value },
		`Change it in '${LABELS.options}'.`,
	);
}

/** Fields that n8n loses when it copies an item (n8n-workflow, deepCopy). */
const LOST: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/** @throws NodeOperationError for the name of a field that n8n loses, and the paid image with it */
function readOutputField(item: InputItem, given: unknown): string {
	const name = String(whenSet(given) ?? 'data').trim();
	if (!LOST.includes(name)) return name;
	return item.refuse(
		`'${LABELS.outputDataFieldName}': n8n loses files in a field called ${name}`,
		'Enter another name, such as data. Nothing was sent.',
	);
}

/** How a value of each kind is read, in whatever form an expression gives it. */
const READERS: Readonly<Record<Field['kind'], (value: unknown) => unknown>> = {
	integer: asNumber,
	number: asNumber,
	switch: asSwitch,
	text: (value) => whenSet(asWords(value)),
	choice: (value) => asText(value, (text) => text.trim().toLowerCase()),
	ratio: (value) => asText(value, (text) => text.replace(/\s+/g, '')),
};

/**
 * The value of a request field. One that cannot be read stays as it is, because the contract checks it.
 *
 * @param given value of the option
 * @returns undefined when it is not set
 */
function readField({ kind }: Field, given: unknown): unknown {
	return READERS[kind](given);
}

const COUNT_ADVICE = `Use '${LABELS.numberOfImages}' instead, so that every image you pay for is output.`;
const REPLY_ADVICE =
	'The node waits for one reply with all images, so that every image you pay for is output. Remove the field.';

/**
 * Fields that decide what is billed or how the reply comes, under all names that services and gateways
 * have for them. They are written without what separates words, because some gateways read names
 * whatever their capitals are.
 */
const RESERVED: ReadonlyMap<string, string> = new Map([
	...[
		'batchsize',
		'batchcount',
		'n',
		'nimages',
		'numimages',
		'numimagesperprompt',
		'numberofimages',
		'imagecount',
		'imagenum',
		'imagesperprompt',
		'count',
		'quantity',
		'samples',
		'numoutputs',
		'numberofoutputs',
		'outputcount',
		'numsamples',
		'numresults',
		'numberofresults',
		'samplecount',
		'niter',
	].map((name) => [name, COUNT_ADVICE] as const),
	...[
		'stream',
		'streaming',
		'streamoptions',
		'partialimages',
		'async',
		'webhook',
		'webhookurl',
	].map((name) => [name, REPLY_ADVICE] as const),
]);

/** The advice for a field that must not be set; undefined for any other. */
function reservedAdvice(name: string): string | undefined {
	const letters = name
		.slice(0, 100)
		.toLowerCase()
		.replace(/[^a-z0-9]/g, '');
	if (letters === 'model' && name !== 'model') return `Use '${LABELS.model}' instead.`;
	return RESERVED.get(letters);
}

/**
 * Reads Additional Body Fields: a JSON object, either as text or as the value of an expression.
 *
 * @param given value of the option
 * @throws NodeOperationError when it is not an object, or when it sets what is billed or how the reply
 * comes
 */
function readAdditionalFields(item: InputItem, given: unknown): IDataObject {
	const label = LABELS.additionalBodyFields;
	const set = whenSet(given);
	if (set === undefined) return {};
	const value = asJson(set);
	if (typeof value !== 'object' || value === null || Array.isArray(value)) {
		item.refuseValue(
			{ label, rule: 'must be a JSON object', value: set },
			'Enter something like {"style": "vivid"}, or remove the option.',
		);
	}
	for (const name of Object.keys(value)) {
		const advice = reservedAdvice(name);
		if (advice !== undefined) item.refuse(`'${label}' must not set ${item.show(name)}`, advice);
	}
	return value as IDataObject;
}

/**
 * A value as JSON holds it, from a text or a value of an expression.
 *
 * @returns undefined for what JSON cannot hold, such as lists in lists without end
 */
function asJson(given: unknown): unknown {
	try {
		return JSON.parse(JSON.stringify(typeof given === 'string' ? parseJson(given) : given));
	} catch {
		return undefined;
	}
}
