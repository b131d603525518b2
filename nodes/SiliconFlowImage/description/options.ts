import type { INodeProperties } from 'n8n-workflow';
import { FIELD_NAMES, FIELDS, type Field } from '../contract/fields';
import { LABELS } from '../contract/labels';
import type { ModelRow } from '../contract/models';
import { hiddenUnless } from './visibility';

/** Options: what the picture is and how it comes out. An option that is not added is not sent. */
export function optionsField(rows?: readonly ModelRow[]): INodeProperties {
	const requestFields = FIELD_NAMES.map((name) => ({
		...requestField(FIELDS[name]),
		...hiddenUnless((row) => row.fields[name] !== undefined, rows),
	}));
	return {
		displayName: LABELS.options,
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [...requestFields, ...outputFields].sort((a, b) =>
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
			'Further fields of the request body as a JSON object, for what a new model takes and this node does not know yet. Where a field of this node says the same, this node wins.',
	},
	{
		displayName: LABELS.downloadImages,
		name: 'download',
		type: 'boolean',
		default: true,
		description:
			'Whether to put each picture into the output as binary data. Turned off, the output holds its URL only, which lives one hour.',
	},
	{
		displayName: LABELS.fileName,
		name: 'fileName',
		type: 'string',
		default: '',
		placeholder: 'e.g. lighthouse',
		description:
			'Name of the file in the output. The true extension is added, and a number when an item makes several pictures.',
	},
	{
		displayName: LABELS.outputDataFieldName,
		name: 'binaryPropertyOutput',
		type: 'string',
		default: 'data',
		hint: 'The name of the output field that will hold the picture',
	},
	{
		displayName: LABELS.watermark,
		name: 'watermark',
		type: 'boolean',
		default: true,
		description:
			'Whether the service may put its visible "AI-generated" mark on the picture. If you turn it off, labelling the published picture is your duty; an invisible mark stays.',
	},
];
