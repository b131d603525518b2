import type { IExecuteFunctions } from 'n8n-workflow';
import { capabilitiesOf } from '../../../nodes/SiliconFlowImage/contract/catalog';
import { WITHOUT_KEY } from '../../../nodes/SiliconFlowImage/contract/sanitize';
import { encodeRequest } from '../../../nodes/SiliconFlowImage/execution/sendRequest';
import { InputItem } from '../../../nodes/SiliconFlowImage/input/inputItem';
import type { Job } from '../../../nodes/SiliconFlowImage/input/readJob';

/** What no run can show: a job that passed the check and still breaks the contract. */

const node = { id: '1', name: 'Image', type: 'image', typeVersion: 1, position: [0, 0] };
const context = { getNode: () => node } as unknown as IExecuteFunctions;
const item = new InputItem(context, 0, WITHOUT_KEY);
const job = (prompt: string): Job => ({
	items: [item],
	item,
	operation: 'generate',
	model: capabilitiesOf('Kwai-Kolors/Kolors', 'cn'),
	values: { prompt, fields: {} },
	images: [],
	matchesInput: false,
	numberOfImages: 1,
	additionalFields: { style: 'ink', prompt: 'something else' },
	watermark: true,
	output: { download: true, field: 'data', fileName: '', includeInputFields: false },
	hints: [],
});

it('has no body, so that nothing can be sent', () => {
	expect(() => encodeRequest(job(' '), [], 1, undefined)).toThrow(
		expect.objectContaining({
			message: "'Prompt' must not be empty",
			description: 'The request was not sent.',
		}),
	);
});

it('has one otherwise, in which the fields of the node win', () => {
	const { bytes, fields } = encodeRequest(job('a fox'), [], 1, undefined);

	expect(JSON.parse(String(bytes))).toStrictEqual({
		style: 'ink',
		model: 'Kwai-Kolors/Kolors',
		prompt: 'a fox',
		image_size: '1024x1024',
	});
	expect(fields).toStrictEqual(['style', 'prompt', 'model', 'image_size']);
});
