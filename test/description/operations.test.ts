/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { NodeHelpers, type INodeParameters, type NodeParameterValueType } from 'n8n-workflow';
import { SiliconFlowImage } from '../../nodes/SiliconFlowImage/SiliconFlowImage.node';
import {
	capabilitiesOf,
	modelIds,
	modelIdsFor,
} from '../../nodes/SiliconFlowImage/contract/catalog';
import { MODELS } from '../../nodes/SiliconFlowImage/contract/models';
import { OPERATION_NAMES, OPERATIONS } from '../../nodes/SiliconFlowImage/contract/operations';
import { byId, picked, shownFields } from './panel';
import { textsIn } from './texts';
import { walk } from './walk';

/** What a new step of an operation starts with, and what the editor says after a change of operation. */

const { description } = new SiliconFlowImage();

/** The parameters with which n8n opens and runs a step that stores these, or with which it saves it. */
const filled = (stored: INodeParameters, withDefaults = true) =>
	NodeHelpers.getNodeParameters(
		description.properties,
		stored,
		withDefaults,
		false,
		{ typeVersion: 1 },
		description,
	) as INodeParameters;

/** As useNodeSettingsParameters.ts of n8n's editor does after every change in the panel. */
function changed(opened: INodeParameters, change: INodeParameters): INodeParameters {
	return filled({ ...filled(opened, false), ...change });
}

const idOf = (model: NodeParameterValueType) => (model as { value: string }).value;

describe('A new step', () => {
	it.each(OPERATION_NAMES)(
		'that should %s starts with a model that can, and no notice',
		(operation) => {
			const { model, prompt } = filled({ operation });

			expect(modelIdsFor(operation, 'custom')).toContain(idOf(model));
			expect(prompt).toBe('');
			expect(noticesFor({ operation, model })).toStrictEqual([]);
		},
	);

	it('that should edit starts with a model that is made for it and on both sites', () => {
		const id = idOf(filled({ operation: 'edit' }).model);

		expect(capabilitiesOf(id, 'custom').operations).toStrictEqual(['edit']);
		for (const site of ['cn', 'com'] as const) expect(modelIdsFor('edit', site)).toContain(id);
	});

	it('changes its model with the operation until a person chooses one', () => {
		const opened = filled({});
		const editing = changed(opened, { operation: 'edit' });

		expect(idOf(opened.model)).toBe('Kwai-Kolors/Kolors');
		expect(idOf(editing.model)).toBe('Qwen/Qwen-Image-Edit');
		expect(idOf(changed(editing, { operation: 'generate' }).model)).toBe('Kwai-Kolors/Kolors');
	});

	it('keeps what a person chose and typed', () => {
		const model = picked('black-forest-labs/FLUX-1.1-pro');
		const typed = changed(changed(filled({}), { model }), { prompt: 'a fox' });

		expect(changed(typed, { operation: 'edit' })).toMatchObject({ model, prompt: 'a fox' });
	});

	it('saves nothing of what it starts with', () => {
		for (const operation of OPERATION_NAMES) {
			const saved = filled(filled({ operation }), false);
			const { model, prompt, wrongModel } = saved;
			expect([model, prompt, wrongModel]).toStrictEqual([undefined, undefined, undefined]);
		}
	});

	it('has an example for each operation', () => {
		const [generate, edit] = ['generate', 'edit'].map(
			(operation) => shownFields(description, { operation }).find(({ name }) => name === 'prompt')!,
		);

		expect(generate.placeholder).toMatch(/^e\.g\. a lighthouse/);
		expect(edit.placeholder).toMatch(/^e\.g\. make it .* keep/);
	});
});

function noticesFor(values: INodeParameters): string[] {
	return shownFields(description, values)
		.filter(({ name }) => name === 'wrongModel')
		.map(({ displayName }) => displayName);
}

describe('A model that cannot do the operation', () => {
	const cases = OPERATION_NAMES.flatMap((operation) =>
		modelIds().map((id) => [operation, id, modelIdsFor(operation, 'custom').includes(id)] as const),
	);

	it.each(cases)('%s, %s: it can: %s', (operation, id, can) => {
		for (const model of [picked(id), byId(id)]) {
			const notices = noticesFor({ operation, model });
			expect(notices).toHaveLength(can ? 0 : 1);
			if (can) continue;
			const does = capabilitiesOf(id, 'custom').operations.map((name) => OPERATIONS[name].does);
			const [, advice = '', instead] = /(, such as (\S+))?\.$/.exec(notices[0]) ?? [];
			expect(notices[0]).toBe(
				`The model ${id} only ${does.join(' and ')} images. Choose a model that ${OPERATIONS[operation].does} images${advice}.`,
			);
			// No advice only where no model can do it at every site that has this one.
			const sites = MODELS.filter((row) => row.id === id).map(({ site }) => site);
			const able = modelIdsFor(operation, 'custom').filter((other) =>
				sites.every((site) => modelIdsFor(operation, site).includes(other)),
			);
			expect(instead === undefined).toBe(able.length === 0);
			if (instead !== undefined) expect(able).toContain(instead);
		}
	});

	it('is told what to choose', () => {
		expect(noticesFor({ operation: 'edit', model: picked('Qwen/Qwen-Image') })).toStrictEqual([
			'The model Qwen/Qwen-Image only generates images. Choose a model that edits images, such as Qwen/Qwen-Image-Edit.',
		]);
	});

	it.each([
		['an expression', byId('={{ $json.model }}')],
		['an expression that names one', byId('={{ "Qwen/Qwen-Image" }}')],
		['a model that is not in the table', byId('Acme/Tomorrow-1')],
		['no model', byId('')],
	])('is told only when it is known before the run: %s', (_name, model) => {
		expect(noticesFor({ operation: 'edit', model })).toStrictEqual([]);
		expect(noticesFor({ operation: 'generate', model })).toStrictEqual([]);
	});

	it('is told right under Model', () => {
		const names = shownFields(description, {
			operation: 'edit',
			model: picked('Qwen/Qwen-Image'),
		}).map(({ name }) => name);

		expect(names.slice(0, 4)).toStrictEqual(['operation', 'model', 'wrongModel', 'prompt']);
	});
});

describe('A new operation is a new row', () => {
	const NODE = join(__dirname, '..', '..', 'nodes', 'SiliconFlowImage');
	const naming = readdirSync(NODE, { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.ts'))
		.filter((file) =>
			textsIn(join(NODE, file)).some((text) => OPERATION_NAMES.some((name) => name === text)),
		);

	it('because no other file names one: each asks the table what an operation needs', () => {
		const tables = ['operations.ts', 'models.ts'].map((name) => join('contract', name));

		expect(naming.sort()).toStrictEqual(tables.sort());
	});
});

it('The editor keeps every number in its range, and whole where it must be', () => {
	const { properties } = new SiliconFlowImage().description;
	const numbers = walk(properties).filter(({ property }) => property.type === 'number');
	const ranges = numbers.map(({ path, property: { typeOptions: range } }) => [
		path,
		`${range?.minValue} to ${range?.maxValue}, ${range?.numberPrecision === 0 ? 'whole' : 'any'}`,
	]);

	expect(Object.fromEntries(ranges)).toStrictEqual({
		width: '1 to undefined, whole',
		height: '1 to undefined, whole',
		numberOfImages: '1 to 100, whole',
		'options.cfg': '0.1 to 20, any',
		'options.guidanceScale': '0 to 20, any',
		'options.imagePromptStrength': '0 to 1, any',
		'options.safetyTolerance': '0 to 6, whole',
		'options.seed': '0 to 9999999999, whole',
		'options.numInferenceSteps': '1 to 100, whole',
		'executionOptions.concurrency': '1 to 100, whole',
		'executionOptions.giveUpAfter': '0 to 1440, whole',
		'executionOptions.imagesPerMinute': '0 to 6000, whole',
		'executionOptions.maxImages': '0 to 100000, whole',
		'executionOptions.timeout': '1 to 3600, whole',
	});
});
