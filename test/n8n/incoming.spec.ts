import { randomUUID } from 'node:crypto';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { dataUrlOf, testImage } from '../../harness/engine/testImages';
import { waitUntil } from '../../harness/n8n/process/processes';
import { startSimulator, type Simulator } from '../../simulator';
import { CHAT_TRIGGER } from './support/chat';
import { itemsOf, startInstance, type Instance, type Reference } from './support/instance';
import { chain, imageStep, manualTrigger, model, step, type Step } from './support/workflow';

/** Files and texts as n8n's own steps bring them in: a Code step, a webhook, a form and the chat. */

const png = testImage('png');
const jpeg = testImage('jpeg', 4);
const [PNG, JPEG] = [dataUrlOf(png), dataUrlOf(jpeg, 'jpeg')];

let simulator: Simulator;
let n8n: Instance;
let key: Reference;
beforeAll(async () => {
	simulator = await startSimulator();
	n8n = await startInstance();
	const { baseUrl, apiKey } = simulator;
	const data = { region: 'custom', baseUrl, apiKey };
	key = await n8n.createCredential('siliconFlowImageApi', data);
});
afterAll(async () => {
	await n8n?.stop();
	await simulator?.close();
});
beforeEach(() => simulator.reset());

/** An edit that goes on after a failure, so that the words of each item are in its JSON. */
const editStep = (entry: INodeParameters, parameters: INodeParameters = {}): Step =>
	({
		...imageStep(
			'Edit',
			{
				operation: 'edit',
				model: model('Qwen/Qwen-Image-Edit'),
				prompt: 'make it blue',
				images: { image: [entry] },
				options: { download: false },
				...parameters,
			},
			key,
		),
		onError: 'continueRegularOutput',
	}) as Step;

const sent = () =>
	simulator.generations.map(({ body }) => body as { prompt: string; image: string });

/** Publishes a trigger with an edit behind it. */
async function publish(trigger: Step, edit: Step) {
	const workflow = await n8n.createWorkflow(chain(`Incoming ${randomUUID()}`, [trigger, edit]));
	await n8n.publish(workflow);
	return {
		/** What the latest of so many executions output, once it has ended. */
		async outcome(count: number): Promise<IDataObject> {
			const all = async () => await n8n.executionsOf(workflow.id, count + 1);
			const isOver = async () => {
				const found = await all();
				return found.length === count && ['success', 'error'].includes(found[0].status);
			};
			await waitUntil(isOver, 'The execution has ended');
			return itemsOf((await all())[0], 'Edit')[0].json;
		},
	};
}

it('a Code step: files of every shape are edited or refused in words', async () => {
	const jsCode = `
		const base64 = ${JSON.stringify(png.toString('base64'))};
		const bytes = Buffer.from(base64, 'base64');
		const made = await this.helpers.prepareBinaryData(bytes, 'image.png');
		const files = {
			made,
			typeless: { data: base64 },
			bytes: { data: bytes, mimeType: 'image/png' },
			alone: bytes,
			text: base64,
			number: 7,
			empty: { data: '', mimeType: 'image/png' },
			gone: { ...made, id: made.id ? made.id + 'x' : 'filesystem-v2:gone' },
			cut: { data: base64.slice(0, 100), mimeType: 'image/png' },
		};
		return Object.entries(files).map(([name, data]) => ({ json: { name }, binary: { data } }));`;
	const workflow = await n8n.createWorkflow(
		chain('Odd files', [
			manualTrigger(),
			step('Code', 'n8n-nodes-base.code', 2, { jsCode }),
			editStep(
				{ source: 'binary', binaryPropertyName: 'data' },
				{ prompt: '={{ $json.name }}', options: { download: false, includeInputFields: true } },
			),
		]),
	);
	const execution = await n8n.finished(await n8n.start(workflow));
	expect(execution.data.resultData.error).toBeUndefined();
	const words = Object.fromEntries(
		itemsOf(execution, 'Edit').map(({ json }) => [json.name, json.error ?? 'edited']),
	);
	expect(words).toEqual({
		made: 'edited',
		typeless: 'edited',
		bytes: 'edited',
		alone: 'edited',
		text: 'edited',
		number: "'Input Data Field Name': data holds no file, but 7",
		empty: "'Input Data Field Name': the file in data is empty",
		gone: "'Input Data Field Name': the file in data can no longer be read from n8n's binary storage",
		cut: expect.stringMatching(
			/^'Input Data Field Name': the file in data is kept as Base64 text that /,
		),
	});
	expect(sent().map(({ image }) => image === PNG)).toEqual(Array(5).fill(true));
});

it('a webhook: base64 and texts as JSON and as a form', async () => {
	const path = randomUUID();
	const trigger = {
		...step('Webhook', 'n8n-nodes-base.webhook', 2.1, { httpMethod: 'POST', path }),
		webhookId: randomUUID(),
	};
	const edit = editStep(
		{ source: 'base64', base64: '={{ $json.body.image }}' },
		{ prompt: '={{ $json.body.prompt }}', numberOfImages: '={{ $json.body.count ?? 1 }}' },
	);
	const { outcome } = await publish(trigger, edit);
	const url = `${n8n.server.url}/webhook/${path}`;
	await waitUntil(async () => (await (await fetch(url)).text()).includes('POST'), 'It is open');
	let calls = 0;
	const post = async (type: string, body: string) => {
		await fetch(url, { method: 'POST', headers: { 'content-type': type }, body });
		return await outcome(++calls);
	};
	const asJson = async (fields: object) => await post('application/json', JSON.stringify(fields));
	const asForm = async (body: string) => await post('application/x-www-form-urlencoded', body);
	const image = png.toString('base64');

	// A cell of a sheet, and a text that was cut inside an emoji.
	expect(await asJson({ image, prompt: 1984 })).toMatchObject({ prompt: '1984' });
	expect(await asJson({ image: PNG, prompt: 'a 🦊'.slice(0, 3) })).toMatchObject({ prompt: 'a ' });
	expect(await asJson({ image, prompt: false })).toMatchObject({
		error: "'Prompt' must be text, but is false",
	});
	// Not encoded, as it is sent by hand: each + arrives as a blank.
	expect(image).toContain('+');
	expect(await asForm(`prompt=snow&image=${image}`)).toMatchObject({ prompt: 'snow' });
	expect(await asForm(String(new URLSearchParams({ prompt: 'ice', image })))).toMatchObject({
		prompt: 'ice',
	});
	expect(await asForm(`prompt=cut&image=${image.slice(0, 200)}`)).toMatchObject({
		error: expect.stringMatching(/^The text in 'Base64' (holds an image that is|has a length)/),
	});
	const count = 'x'.repeat(12 * 1024 * 1024);
	expect(await asJson({ image, prompt: 'long', count })).toMatchObject({
		error: `'Number of Images' must be a whole number from 1 to 100, but is ${'x'.repeat(60)}...`,
	});
	expect(sent().map(({ prompt }) => prompt)).toEqual(['1984', 'a ', 'snow', 'ice']);
	expect(sent().every((body) => body.image === PNG)).toBe(true);
});

it('a form: an upload under another name, an empty one, and one that is no image', async () => {
	const values = [
		{ fieldLabel: 'Photo', fieldType: 'file', multipleFiles: false },
		{ fieldLabel: 'Change', fieldType: 'textarea' },
	];
	const trigger = {
		...step('Form', 'n8n-nodes-base.formTrigger', 2.3, {
			formTitle: 'Edit',
			formFields: { values },
		} as INodeParameters),
		webhookId: randomUUID(),
	};
	const edit = editStep(
		{ source: 'binary', binaryPropertyName: 'Photo' },
		{ prompt: '={{ $json.Change }}' },
	);
	const { outcome } = await publish(trigger, edit);
	const url = `${n8n.server.url}/form/${trigger.webhookId}`;
	await waitUntil(async () => (await (await fetch(url)).text()).includes('Edit'), 'It is open');
	let calls = 0;
	const submit = async (bytes: Buffer, name: string, change: string) => {
		const form = new FormData();
		form.set('field-0', new Blob([new Uint8Array(bytes)], { type: 'image/png' }), name);
		form.set('field-1', change);
		await fetch(url, { method: 'POST', body: form });
		return await outcome(++calls);
	};

	expect(await submit(jpeg, 'photo.png', '1984')).toMatchObject({ prompt: '1984' });
	expect(sent()).toMatchObject([{ prompt: '1984', image: JPEG }]);
	expect(await submit(Buffer.alloc(0), 'photo.png', 'x')).toMatchObject({
		error: expect.stringMatching(/the file in Photo is empty|has no file in a field named "Photo"/),
	});
	expect(await submit(Buffer.from('a letter'), 'letter.png', 'x')).toMatchObject({
		error:
			"'Input Data Field Name': the file in Photo is not an image (its content type is image/png)",
	});
	expect(simulator.generations).toHaveLength(1);
});

it('the chat: an upload is edited, and a message without one is told what to do', async () => {
	const trigger = {
		...step('When chat message received', CHAT_TRIGGER, 1.4, {
			public: true,
			options: { allowFileUploads: true },
		}),
		webhookId: randomUUID(),
	};
	const edit = editStep(
		{
			source: 'binary',
			binaryPropertyName: "={{ $('When chat message received').item.binary?.data0 }}",
		},
		{ prompt: '={{ $json.chatInput }}' },
	);
	const { outcome } = await publish(trigger, edit);
	const url = `${n8n.server.url}/webhook/${trigger.webhookId}/chat`;
	await waitUntil(async () => (await fetch(url)).ok, 'The chat is open');
	let calls = 0;
	const say = async (chatInput: string, upload?: Buffer) => {
		const form = new FormData();
		form.set('action', 'sendMessage');
		form.set('sessionId', randomUUID());
		form.set('chatInput', chatInput);
		const file = upload && new Blob([new Uint8Array(upload)], { type: 'image/png' });
		if (file) form.set('files', file, 'photo.png');
		await fetch(url, { method: 'POST', body: form });
		return await outcome(++calls);
	};

	expect(await say('make it snow', png)).toMatchObject({ prompt: 'make it snow' });
	expect(sent()).toMatchObject([{ prompt: 'make it snow', image: PNG }]);
	expect(await say('and now?')).toMatchObject({ error: "'Input Data Field Name' is empty" });
	expect(await say('what is {{ $json.this }}?', Buffer.from('a letter'))).toMatchObject({
		error:
			"'Input Data Field Name': the file photo.png is not an image (its content type is image/png)",
	});
	expect(simulator.generations).toHaveLength(1);
});
