/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSimulator, type Simulator } from '../../simulator';
import { bytesOf, fetchBytes, isPng, sizeOf } from './support/images';
import { itemsOf, startInstance, type Instance, type Reference } from './support/instance';
import { publishWebhook } from './support/webhook';
import { chain, imageStep, manualTrigger, step, type Step } from './support/workflow';

/**
 * An image of the node in n8n's own steps. That Respond to Webhook sends the very bytes is shown by
 * the example `webhook.json`.
 */

let simulator: Simulator;
let n8n: Instance;
beforeAll(async () => {
	simulator = await startSimulator();
	n8n = await startInstance();
});
afterAll(async () => {
	await n8n?.stop();
	await simulator?.close();
});

const image = (credential: Reference) =>
	imageStep('Generate image', { prompt: 'a fox', options: { fileName: 'fox' } }, credential);

/** The image as SiliconFlow served it, and the one that comes out behind these steps. */
async function through(steps: Step[]): Promise<{ made: Buffer; out: Buffer }> {
	const webhook = await publishWebhook(n8n, simulator, (key) => [image(key), ...steps]);
	simulator.reset();
	const response = await webhook.ask('a fox');
	const out = await bytesOf(response);
	if (!response.ok) throw new Error(out.toString());
	const [link] = simulator.generations[0].images!;
	return { made: await fetchBytes(link), out };
}

it('A webhook that returns the last file sends the very bytes', async () => {
	const { made, out } = await through([]);

	expect(isPng(made)).toBe(true);
	expect(out.equals(made)).toBe(true);
});

it('Extract from File and Convert to File bring the very bytes back', async () => {
	const { made, out } = await through([
		step('To base64', 'n8n-nodes-base.extractFromFile', 1, {
			operation: 'binaryToPropery',
			destinationKey: 'base64',
		}),
		step('To a file', 'n8n-nodes-base.convertToFile', 1.1, {
			operation: 'toBinary',
			sourceProperty: 'base64',
		}),
	]);

	expect(out.equals(made)).toBe(true);
});

describe('Edit Image', () => {
	it('resizes the image', async () => {
		const { made, out } = await through([
			step('Resize', 'n8n-nodes-base.editImage', 1, {
				operation: 'resize',
				width: 300,
				height: 200,
				resizeOption: 'ignoreAspectRatio',
			}),
		]);

		expect(sizeOf(made)).toStrictEqual([1024, 1024]);
		expect(isPng(out)).toBe(true);
		expect(sizeOf(out)).toStrictEqual([300, 200]);
	});

	it('reads its size and format', async () => {
		const { baseUrl, apiKey } = simulator;
		const data = { region: 'custom', baseUrl, apiKey };
		const credential = await n8n.createCredential('siliconFlowImageApi', data);
		const workflow = await n8n.createWorkflow(
			chain('Information', [
				manualTrigger(),
				image(credential),
				step('Information', 'n8n-nodes-base.editImage', 1, { operation: 'information' }),
			]),
		);
		const execution = await n8n.finished(await n8n.start(workflow));

		const [{ json }] = itemsOf(execution, 'Information');
		expect(json).toMatchObject({ format: 'PNG', size: { width: 1024, height: 1024 } });
	});
});

describe('HTTP Request', () => {
	let receiver: Server;
	let received: { type: string; body: Buffer } | undefined;
	beforeAll(async () => {
		receiver = createServer((request, response) => {
			const chunks: Buffer[] = [];
			request.on('data', (chunk: Buffer) => chunks.push(chunk));
			request.on('end', () => {
				const type = request.headers['content-type'] ?? '';
				received = { type, body: Buffer.concat(chunks) };
				response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');
			});
		});
		await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
	});
	afterAll(() => receiver.close());

	it('uploads the very bytes as multipart, with the file name and type', async () => {
		const { port } = receiver.address() as AddressInfo;
		const upload = step('Upload', 'n8n-nodes-base.httpRequest', 4.2, {
			method: 'POST',
			url: `http://127.0.0.1:${port}/upload`,
			sendBody: true,
			contentType: 'multipart-form-data',
			bodyParameters: {
				parameters: [{ parameterType: 'formBinaryData', name: 'file', inputDataFieldName: 'data' }],
			},
			options: { response: { response: { responseFormat: 'json' } } },
		});
		// The webhook answers with a file, so the image comes last again.
		const again = step('Again', 'n8n-nodes-base.code', 2, {
			jsCode: "return $('Generate image').all();",
		});
		const { made } = await through([upload, again]);

		const headers = { 'content-type': received!.type };
		const body = new Uint8Array(received!.body);
		const form = await new Response(body, { headers }).formData();
		const file = form.get('file') as File;
		expect([file.name, file.type]).toStrictEqual(['fox.png', 'image/png']);
		expect(Buffer.from(await file.arrayBuffer()).equals(made)).toBe(true);
	});
});
