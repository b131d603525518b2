import type { INodeProperties } from 'n8n-workflow';
import { capabilitiesOf, modelIds, modelIdsFor, modelName, rowsOf } from '../contract/catalog';
import { LABELS } from '../contract/labels';
import {
	INITIAL_OPERATION,
	OPERATION_NAMES,
	OPERATIONS,
	type Operation,
} from '../contract/operations';
import { allOf, ofOperation, onlyAsTool, onlyFor } from './visibility';

/**
 * Operation, model and prompt, which every request needs. Each operation has a model and a prompt field
 * of its own under the same stored name, so each starts with what suits it, and the editor keeps what
 * a person has chosen when the operation changes.
 */

/**
 * The only resource, so nobody has to choose it. n8n builds the name of a step ("Edit image") and the
 * name and description of a tool from the resource and the operation; without a resource, all steps
 * and tools of this node would have the same name.
 */
export const resourceField: INodeProperties = {
	displayName: 'Resource',
	name: 'resource',
	type: 'hidden',
	noDataExpression: true,
	options: [{ name: 'Image', value: 'image' }],
	default: 'image',
};

export const operationField: INodeProperties = {
	displayName: LABELS.operation,
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['image'] } },
	options: OPERATION_NAMES.map((value) => {
		const { label: name, description, action } = OPERATIONS[value];
		return { name, value, description, action };
	}).sort((a, b) => a.name.localeCompare(b.name)),
	default: INITIAL_OPERATION,
};

/** How a model is chosen: from the live list, or by its ID. */
const modelModes: Pick<INodeProperties, 'modes'> = {
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Select a model...',
			typeOptions: { searchListMethod: 'searchModels', searchable: true },
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. Qwen/Qwen-Image',
			hint: 'You can use any image model of your account, even one that is not in the list',
		},
	],
};

/** Model, with the model that a new step of this operation starts with. */
export function modelField(operation: Operation): INodeProperties {
	const { initialModel: value } = OPERATIONS[operation];
	return {
		displayName: LABELS.model,
		name: 'model',
		type: 'resourceLocator',
		required: true,
		// As the editor stores it; otherwise it takes the default for a choice and keeps it.
		default: {
			__rl: true,
			mode: 'list',
			value,
			cachedResultName: modelName(capabilitiesOf(value, 'custom')),
		},
		description:
			'The ID of the image model to use, such as Qwen/Qwen-Image. The fields below depend on it.',
		...modelModes,
		...ofOperation(operation),
	};
}

/** Fallback Model, an entry of Options. None unless one is chosen. */
export const fallbackModelField: INodeProperties = {
	displayName: LABELS.fallbackModel,
	name: 'fallbackModel',
	type: 'resourceLocator',
	default: { __rl: true, mode: 'list', value: '' },
	description: `The model to continue with when the chosen one is unavailable, at its daily limit, or busy for as long as '${LABELS.giveUpAfter}' says. It may cost more.`,
	...modelModes,
};

/** Prompt, with an example and a description for this operation. */
export function promptField(operation: Operation): INodeProperties {
	return {
		displayName: LABELS.prompt,
		name: 'prompt',
		type: 'string',
		required: true,
		default: '',
		typeOptions: { rows: 4 },
		...OPERATIONS[operation].prompt,
		...ofOperation(operation),
	};
}

const headings = Object.fromEntries(
	OPERATION_NAMES.map((name) => [name, OPERATIONS[name].heading]),
);
const operation = `${JSON.stringify(headings)}[$parameter["operation"]]`;

/** As it is stored, because n8n's editor shows no subtitle at all when it cannot evaluate a part. */
const model = 'String($rawParameter["model"] ?? "")';

/**
 * What n8n shows under the name of a step: the operation and the short name of the model, such as
 * "Edit · Qwen-Image-Edit-2509"; the operation alone when an expression gives the model.
 */
export const subtitle = `={{ [${operation}, ${model}.startsWith("=") ? "" : ${model}.split("/").pop().trim()].filter(Boolean).join(" · ") }}`;

/**
 * What n8n tells a language model about a tool. By itself n8n would say "Edit image in SiliconFlow
 * Image", which tells neither what goes in nor what comes out. n8n leaves out its own two fields where
 * a node has one of this name (convertNodeToAiTool).
 */
export function toolDescriptionField(operation: Operation): INodeProperties {
	const { tool: initial } = OPERATIONS[operation].forLanguageModels;
	return {
		displayName: 'Tool Description',
		name: 'toolDescription',
		type: 'string',
		default: initial,
		typeOptions: { rows: 3 },
		description:
			'What the language model is told about this tool. It decides by this text when to use the tool, and what to expect from it.',
		...allOf(onlyAsTool, ofOperation(operation)),
	};
}

/**
 * Notices under Model, of which n8n shows one while the chosen model cannot do the chosen operation:
 * the editor keeps the model when the operation changes, and the run would refuse it. There is none for
 * a model that is not in the table or comes from an expression, because only the run knows it.
 */
export function wrongModelNotices(): INodeProperties[] {
	return OPERATION_NAMES.flatMap((operation) =>
		modelIds()
			.filter((id) => !modelIdsFor(operation, 'custom').includes(id))
			.map((id) => notice(id, operation)),
	);
}

function notice(id: string, operation: Operation): INodeProperties {
	const able = capabilitiesOf(id, 'custom').operations.map((name) => OPERATIONS[name].does);
	const instead = replacement(id, operation);
	const advice = instead === undefined ? '' : `, such as ${instead}`;
	return {
		displayName: `The model ${id} only ${able.join(' and ')} images. Choose a model that ${OPERATIONS[operation].does} images${advice}.`,
		name: 'wrongModel',
		type: 'notice',
		default: '',
		...allOf(ofOperation(operation), onlyFor(id)),
	};
}

/** A model that is made for the operation and available wherever this one is; the first in the table. */
function replacement(id: string, operation: Operation): string | undefined {
	const sites = rowsOf(id).map(({ site }) => site);
	const able = modelIdsFor(operation, 'custom').filter((other) =>
		sites.every((site) => modelIdsFor(operation, site).includes(other)),
	);
	const isMadeForIt = (other: string) => capabilitiesOf(other, 'custom').operations.length === 1;
	return able.find(isMadeForIt) ?? able[0];
}
