import {
	NodeHelpers,
	type INodeParameters,
	type INodeProperties,
	type INodePropertyCollection,
} from 'n8n-workflow';
import { SiliconFlowImageApi } from '../../credentials/SiliconFlowImageApi.credentials';
import { SiliconFlowImage } from '../../nodes/SiliconFlowImage/SiliconFlowImage.node';
import { byId, optionsOf, picked, shownFields, toolOf } from './panel';

/** Saved workflows contain these names and values. Changing one breaks them. */

const { description } = new SiliconFlowImage();
const credential = new SiliconFlowImageApi();

/** Fields of which each operation has its own. */
const OWN = ['model', 'prompt'];
/** Fields that a tool has in a form of its own. */
const ofTool = ({ displayOptions }: INodeProperties) =>
	(displayOptions?.show?.['@tool'] as boolean[] | undefined)?.includes(true) ?? false;
const field = (name: string) =>
	description.properties.find((property) => property.name === name) as INodeProperties;
const defaults = (properties: INodeProperties[]) =>
	Object.fromEntries(properties.map(({ name, default: value }) => [name, value]));
const values = ({ options }: INodeProperties) =>
	(options as Array<{ value: string }>).map(({ value }) => value).sort();

describe('Names that saved workflows depend on', () => {
	it('the node and its credential', () => {
		expect(description.name).toBe('siliconFlowImage');
		expect(description.displayName).toBe('SiliconFlow Image');
		expect(description.version).toBe(1);
		expect(description.credentials).toStrictEqual([
			{ name: 'siliconFlowImageApi', required: true },
		]);
		expect(credential.name).toBe('siliconFlowImageApi');
		expect(credential.displayName).toBe('SiliconFlow Image API');
	});

	it('the fields of the panel', () => {
		expect([...new Set(description.properties.map(({ name }) => name))]).toStrictEqual([
			'toolDescription',
			'resource',
			'operation',
			'model',
			'wrongModel',
			'prompt',
			'imagesFrom',
			'images',
			'imageSize',
			'width',
			'height',
			'sizeNotice',
			'numberOfImages',
			'options',
			'executionOptions',
		]);
	});

	it('the values of the choices', () => {
		expect(values(field('resource'))).toStrictEqual(['image']);
		expect(values(field('operation'))).toStrictEqual(['edit', 'generate']);
		expect(values(field('imagesFrom'))).toStrictEqual(['all', 'each']);
		expect(field('model').modes?.map(({ name }) => name)).toStrictEqual(['list', 'id']);
		expect(field('model').modes?.[0].typeOptions?.searchListMethod).toBe('searchModels');
		const lists = description.properties.filter(
			({ name, type }) => name === 'imageSize' && type === 'options',
		);
		const sizes = lists.flatMap(values);
		expect(new Set(sizes.filter((value) => !/^\d+x\d+$/.test(value)))).toStrictEqual(
			new Set(['custom', 'matchInput', 'modelDefault']),
		);
	});

	it('the values of Output Format', () => {
		const format = optionsOf(description, 'options').find(({ name }) => name === 'outputFormat');

		expect(values(format as INodeProperties)).toStrictEqual(['jpeg', 'png']);
	});

	it('the modes of Fallback Model, which has the list of Model', () => {
		const fallback = optionsOf(description, 'options').find(({ name }) => name === 'fallbackModel');

		expect(fallback?.type).toBe('resourceLocator');
		expect(fallback?.modes).toStrictEqual(field('model').modes);
	});

	it('the fields of an entry in Images', () => {
		const [group] = field('images').options as INodePropertyCollection[];

		expect(group.name).toBe('image');
		expect(defaults(group.values)).toStrictEqual({
			source: 'binary',
			binaryPropertyName: 'data',
			url: '',
			base64: '',
		});
		expect(values(group.values[0])).toStrictEqual(['base64', 'binary', 'url']);
	});

	it('the fields of the credential', () => {
		expect(credential.properties.map(({ name }) => name)).toStrictEqual([
			'region',
			'apiKey',
			'baseUrl',
			'url',
			'allowedHttpRequestDomains',
			'allowedDomains',
		]);
		expect(values(credential.properties[0])).toStrictEqual(['cn', 'com', 'custom']);
		expect(credential.properties[1].typeOptions).toStrictEqual({ password: true });
		expect(credential.properties[2].displayOptions).toStrictEqual({
			show: { region: ['custom'] },
		});
		expect(credential.properties[3].type).toBe('hidden');
	});
});

describe('Defaults, which saved workflows rely on because they are not stored', () => {
	it('of the panel', () => {
		const others = description.properties.filter(
			(property) =>
				property.name !== 'imageSize' &&
				property.type !== 'notice' &&
				!OWN.includes(property.name) &&
				!ofTool(property),
		);

		expect(defaults(others)).toStrictEqual({
			resource: 'image',
			operation: 'generate',
			imagesFrom: 'each',
			images: { image: [{ source: 'binary', binaryPropertyName: 'data' }] },
			width: 1024,
			height: 1024,
			numberOfImages: 1,
			options: {},
			executionOptions: {},
		});
	});

	it('of a tool', () => {
		const own = description.properties.filter(
			(property) => ofTool(property) && property.name !== 'toolDescription',
		);

		// Each operation has its own, and they start alike.
		const started = own.map(({ name, default: value }) => JSON.stringify([name, value]));

		expect([...new Set(started)].map((pair) => JSON.parse(pair) as unknown)).toStrictEqual([
			['images', { image: [{ source: 'url', url: '' }] }],
			['imageSize', ''],
		]);
	});

	it.each([
		['generate', 'Kwai-Kolors/Kolors', 'Kwai-Kolors/Kolors (free)'],
		['edit', 'Qwen/Qwen-Image-Edit', 'Qwen/Qwen-Image-Edit (one image)'],
	])('of Model and Prompt for %s', (operation, value, cachedResultName) => {
		const shown = shownFields(description, { operation }).filter(({ name }) => OWN.includes(name));

		expect(shown.map(({ name }) => name)).toStrictEqual(OWN);
		expect(defaults(shown)).toStrictEqual({
			model: { __rl: true, mode: 'list', value, cachedResultName },
			prompt: '',
		});
	});

	it('of Options', () => {
		expect(defaults(optionsOf(description, 'options'))).toStrictEqual({
			aspectRatio: '1:1',
			cfg: 4,
			guidanceScale: 7.5,
			imagePromptStrength: 0.1,
			negativePrompt: '',
			numInferenceSteps: 20,
			outputFormat: 'png',
			promptEnhancement: true,
			promptUpsampling: true,
			raw: true,
			safetyTolerance: 2,
			seed: 0,
			watermark: true,
			additionalBodyFields: '{}',
			download: true,
			binaryPropertyOutput: 'data',
			fallbackModel: { __rl: true, mode: 'list', value: '' },
			fileName: '',
			includeInputFields: true,
		});
	});

	it('of Execution Options', () => {
		expect(defaults(optionsOf(description, 'executionOptions'))).toStrictEqual({
			concurrency: 3,
			giveUpAfter: 15,
			imagesPerMinute: 2,
			maxImages: 10,
			timeout: 300,
			retryOnTimeout: false,
		});
	});

	it('of the credential', () => {
		const typed = credential.properties.filter(({ type }) => type !== 'hidden');

		expect(defaults(typed)).toStrictEqual({
			region: 'cn',
			apiKey: '',
			baseUrl: '',
			allowedHttpRequestDomains: 'none',
			allowedDomains: '',
		});
	});
});

describe('Saving a workflow', () => {
	it('keeps an option that was added, even with its default value', () => {
		const parameters = {
			operation: 'generate',
			model: byId('Acme/Tomorrow-1'),
			prompt: 'a fox',
			options: { seed: 0, guidanceScale: 7.5, cfg: 4, download: true },
			executionOptions: { imagesPerMinute: 2 },
		};

		// n8n's editor does not save default values, except inside a collection.
		expect(
			NodeHelpers.getNodeParameters(
				description.properties,
				parameters,
				false,
				false,
				{ typeVersion: 1 },
				description,
			),
		).toStrictEqual({
			model: parameters.model,
			prompt: 'a fox',
			options: parameters.options,
			executionOptions: parameters.executionOptions,
		});
	});
});

describe('The order of the panel', () => {
	const labels = (parameters: INodeParameters, of = description) =>
		shownFields(of, parameters).map(({ displayName }) => displayName);

	it.each([
		['a model from the list', picked('Kwai-Kolors/Kolors')],
		['an expression', byId('={{ $json.model }}')],
	])('is the same for %s', (_name, model) => {
		const rest = ['Image Size', 'Number of Images', 'Options', 'Execution Options'];

		expect(labels({ operation: 'generate', model })).toStrictEqual([
			'Operation',
			'Model',
			'Prompt',
			...rest,
		]);
		expect(labels({ operation: 'edit', model })).toStrictEqual([
			'Operation',
			'Model',
			'Prompt',
			'Images From',
			'Images',
			...rest,
		]);
	});

	it('of a tool begins with what a language model is told, and has no choice of items', () => {
		const model = picked('Kwai-Kolors/Kolors');

		expect(labels({ operation: 'edit', model }, toolOf(description))).toStrictEqual([
			'Tool Description',
			'Operation',
			'Model',
			'Prompt',
			'Images',
			'Image Size',
			'Number of Images',
			'Options',
			'Execution Options',
		]);
	});
});
