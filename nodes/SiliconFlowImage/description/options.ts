import type { INodeProperties } from 'n8n-workflow';
import { FIELD_NAMES, FIELDS, type Field } from '../contract/fields';
import { LABELS } from '../contract/labels';
import { fallbackModelField } from './model';
import { hiddenUnless } from './visibility';

/**
 * The switches of Options that are no fields of the request body: their label, and whether they are on
 * while they are not added.
 */
export const OUTPUT_SWITCHES = {
	download: { label: LABELS.downloadImages, ifNotAdded: true },
	includeInputFields: { label: LABELS.includeInputFields, ifNotAdded: false },
	watermark: { label: LABELS.watermark, ifNotAdded: true },
} as const;

export type OutputSwitch = keyof typeof OUTPUT_SWITCHES;

/**
 * Options: what the image is and how it comes out, and the model that stands in. An option that is not
 * added is not sent.
 */
export function optionsField(): INodeProperties {
	const requestFields = FIELD_NAMES.map((name) => ({
		...requestField(FIELDS[name]),
		...hiddenUnless((row) => row.fields[name] !== undefined),
	}));
	return {
		displayName: LABELS.options,
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [...requestFields, ...outputFields, fallbackModelField].sort((a, b) =>
			a.displayName.localeCompare(b.displayName),
		),
	};
}

function requestField(field: Field): INodeProperties {
	const { label: displayName, parameter: name, description } = field;
	switch (field.kind) {
		case 'text': {
			const { placeholder } = field;
			return {
				displayName,
				name,
				type: 'string',
				typeOptions: { rows: 2 },
				default: '',
				placeholder,
				description,
			};
		}
		case 'switch':
			return { displayName, name, type: 'boolean', default: true, description };
		case 'choice': {
			const options = field.choices.map((value) => ({ name: value.toUpperCase(), value }));
			const [initial] = field.choices;
			return { displayName, name, type: 'options', options, default: initial, description };
		}
		case 'ratio': {
			const { initial } = field;
			const placeholder = 'e.g. 16:9';
			return { displayName, name, type: 'string', default: initial, placeholder, description };
		}
	}
	const { initial, min: minValue, max: maxValue } = field;
	const precision = field.kind === 'integer' ? { numberPrecision: 0 } : {};
	return {
		displayName,
		name,
		type: 'number',
		typeOptions: { minValue, maxValue, ...precision },
		default: initial,
		description,
	};
}

const outputFields: INodeProperties[] = [
	{
		displayName: LABELS.additionalBodyFields,
		name: 'additionalBodyFields',
		type: 'json',
		default: '{}',
		description:
			'More fields for the request body, as a JSON object, such as parameters that this node does not know yet. A field that the node sends itself keeps its own value.',
	},
	{
		displayName: OUTPUT_SWITCHES.download.label,
		name: 'download',
		type: 'boolean',
		default: true,
		description:
			'Whether to output each image as binary data, not only its URL. While building, turn this off and pin the URLs to avoid paying for every try; n8n cannot pin binary data.',
	},
	{
		displayName: LABELS.fileName,
		name: 'fileName',
		type: 'string',
		default: '',
		placeholder: 'e.g. lighthouse',
		description:
			'Name of the output file. The extension that fits the image is added, and a number where several files of the run would have the same name.',
	},
	{
		displayName: OUTPUT_SWITCHES.includeInputFields.label,
		name: 'includeInputFields',
		type: 'boolean',
		default: true,
		description:
			'Whether to also output the JSON fields of the input item. Its files are not included.',
	},
	{
		displayName: LABELS.outputDataFieldName,
		name: 'binaryPropertyOutput',
		type: 'string',
		default: 'data',
		hint: 'The name of the output field to put the image in',
	},
	{
		displayName: OUTPUT_SWITCHES.watermark.label,
		name: 'watermark',
		type: 'boolean',
		default: true,
		description:
			'Whether to let the service put its visible "AI-generated" mark on the image. If you turn this off, you are responsible for labeling the images that you publish.',
	},
];
