import {
	NodeHelpers,
	Workflow,
	type INode,
	type INodeParameters,
	type INodeType,
	type INodeTypes,
} from 'n8n-workflow';
import { SiliconFlowImage } from '../../nodes/SiliconFlowImage/SiliconFlowImage.node';
import codex from '../../nodes/SiliconFlowImage/SiliconFlowImage.node.json';
import { byId, picked, toolOf } from './panel';

/** What a step and a tool of this node are called, by n8n's own functions. */

const nodeType: INodeType = new SiliconFlowImage();
const { description } = nodeType;
const tool = toolOf(description);
const typesOf = (type: INodeType) =>
	({
		getByName: () => type,
		getByNameAndVersion: () => type,
		getKnownTypes: () => ({}),
	}) as INodeTypes;

/** A step, or a tool, with the values that n8n fills in when it opens or runs a saved one. */
function step(parameters: INodeParameters, type = nodeType): INode {
	const node = {
		id: '1',
		name: 'Image',
		type: description.name,
		typeVersion: 1,
		position: [0, 0] as [number, number],
		parameters,
	};
	const nodeTypes = typesOf(type);
	return new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes }).nodes.Image;
}

it.each([
	[{}, 'Generate image'],
	[{ operation: 'generate' }, 'Generate image'],
	[{ operation: 'edit' }, 'Edit image'],
])('A step with %j is called %s', (stored, name) => {
	const { parameters } = step(stored);

	expect(NodeHelpers.makeNodeName(parameters, description)).toBe(name);
});

it.each([
	['generate', 'Generate image in SiliconFlow Image'],
	['edit', 'Edit image in SiliconFlow Image'],
])('A tool that can %s has a name of its own', (operation, expected) => {
	const node = step({ operation });

	expect(NodeHelpers.makeNodeName(node.parameters, tool)).toBe(expected);
});

describe('What a language model is told about a tool', () => {
	const told = (parameters: INodeParameters) => {
		const type = { ...nodeType, description: tool };
		return NodeHelpers.getToolDescriptionForNode(step(parameters, type), type);
	};

	it('is what it does and what comes out, for each operation', () => {
		expect(told({ operation: 'generate' })).toBe(
			'Generate images from a text prompt. Returns the URL of each image, which expires after one hour.',
		);
		expect(told({ operation: 'edit' })).toBe(
			'Edit images as a text prompt describes. Returns the URL of each new image, which expires after one hour.',
		);
	});

	it('is what a person has written instead', () => {
		expect(told({ operation: 'edit', toolDescription: 'Retouch a portrait' })).toBe(
			'Retouch a portrait',
		);
	});
});

it('The nodes panel lists both actions, because the hidden resource names its only choice', () => {
	const [resource] = description.properties.filter(({ name }) => name === 'resource');
	const [operation] = description.properties.filter(({ name }) => name === 'operation');

	// What useActionsGeneration.ts of n8n's editor looks for.
	expect(resource).toMatchObject({ type: 'hidden', options: [{ value: 'image' }] });
	expect(operation.displayOptions).toStrictEqual({ show: { resource: ['image'] } });
	expect(operation.options).toEqual(
		expect.arrayContaining([
			expect.objectContaining({ value: 'edit', action: 'Edit image' }),
			expect.objectContaining({ value: 'generate', action: 'Generate image' }),
		]),
	);
});

describe('The subtitle', () => {
	const subtitleOf = (parameters: INodeParameters) => {
		const node = step(parameters);
		const nodeTypes = typesOf(nodeType);
		const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
		return workflow.expression.getSimpleParameterValue(
			workflow.nodes.Image,
			description.subtitle,
			'internal',
			{},
		);
	};

	it.each<[INodeParameters, string]>([
		[{}, 'Generate · Kolors'],
		[
			{ operation: 'edit', model: picked('Qwen/Qwen-Image-Edit-2509') },
			'Edit · Qwen-Image-Edit-2509',
		],
		[{ model: byId(' Acme/Labs/Tomorrow-1 ') }, 'Generate · Tomorrow-1'],
		[{ model: byId('Tomorrow-1') }, 'Generate · Tomorrow-1'],
		[{ operation: 'edit', model: byId('={{ $json.model }}') }, 'Edit'],
		[{ operation: 'edit', model: byId('={{ "Qwen/Qwen-Image-Edit" }}') }, 'Edit'],
		[{ model: byId('') }, 'Generate'],
	])('of %j is %s', (parameters, expected) => {
		expect(subtitleOf(parameters)).toBe(expected);
	});
});

it.each([
	'siliconflow',
	'generate image',
	'ai image',
	'image generation',
	'text to image',
	'edit image',
	'image to image',
])('The search of the nodes panel finds %j', (words) => {
	expect(codex.alias).toContain(words);
});
