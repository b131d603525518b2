/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { NodeConnectionTypes, type NodeApiError } from 'n8n-workflow';
import { createEngine } from '../../harness/engine/engine';
import { startSimulator } from '../../simulator';
import { inVirtualTime } from '../support/virtualTime';
import { openWorkbench, type Workbench } from '../support/workbench';

/** Requests that were never sent are not reported as billed, and nothing is sent after the end. */

let bench: Workbench;
afterEach(async () => await bench.close());

it('https to an http port: the message says to check the address', async () => {
	const plain = await startSimulator();
	bench = await openWorkbench({
		credential: { baseUrl: plain.baseUrl.replace('http:', 'https:') },
	});
	const { result } = await inVirtualTime(
		bench.simulator,
		async () => await bench.step({ prompt: 'a fox' }),
	);
	const { error } = result;
	await plain.close();
	const origin = plain.origin.replace('http:', 'https:');
	expect(error?.message).toBe(`SiliconFlow cannot be reached at ${origin} (EPROTO)`);
	expect(error?.description).toContain('No image was made.');
	expect(plain.generations).toEqual([]);
});

it('a connection that ends during the TLS handshake', async () => {
	const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	bench = await openWorkbench({ credential: { baseUrl: `https://127.0.0.1:${port}/v1` } });
	const { result } = await inVirtualTime(
		bench.simulator,
		async () => await bench.step({ prompt: 'a fox' }),
	);
	server.close();
	expect(result.error?.message).toBe(
		`SiliconFlow cannot be reached at https://127.0.0.1:${port} (ECONNRESET)`,
	);
	expect(result.error?.description).toContain('No image was made.');
});

it('an address with a user name and a password is refused without showing them', async () => {
	bench = await openWorkbench({
		credential: { baseUrl: 'https://anna:secret@gateway.example.com/v1' },
	});
	const { error } = await bench.step({ prompt: 'a fox' });
	expect(error?.message).toBe("'Base URL' in the credential is not an http(s) address");
	expect(`${error?.message} ${error?.description}`).not.toMatch(/anna|:secret/);
});

it('an invalid base URL is named, with advice', async () => {
	bench = await openWorkbench({ credential: { baseUrl: 'ftp://gateway.example.com' } });
	const { error } = await bench.step({ prompt: 'a fox' });
	expect(error?.message).toBe("'Base URL' in the credential is not an http(s) address");
	expect(error?.description).toContain('https://gateway.example.com/v1');
});

it('a credential that n8n can no longer read when the request is to leave', async () => {
	bench = await openWorkbench();
	const { baseUrl, apiKey } = bench.simulator;
	let reads = 0;
	const engine = await createEngine({
		credentials: {
			get siliconFlowImageApi() {
				if (++reads > 1) throw new Error('Credential with ID "1" does not exist');
				return { region: 'custom', baseUrl, apiKey };
			},
		},
	});
	const node = (name: string, type: string, more: object) => ({
		...{ id: name, name, type, typeVersion: 1, position: [0, 0] as [number, number] },
		...{ parameters: {}, ...more },
	});
	const workflow = {
		nodes: [
			node('Manual', 'n8n-nodes-base.manualTrigger', {}),
			node('Image', 'n8n-nodes-siliconflow-image.siliconFlowImage', {
				parameters: { prompt: 'a fox' },
				credentials: { siliconFlowImageApi: { id: '1', name: 'SiliconFlow' } },
			}),
		],
		connections: {
			Manual: { main: [[{ node: 'Image', type: NodeConnectionTypes.Main, index: 0 }]] },
		},
	};
	const { result } = await inVirtualTime(
		bench.simulator,
		async () => await engine.run(workflow as never),
	);
	const error = result.data.resultData.error as NodeApiError;
	expect(reads).toBeGreaterThan(1);
	expect(error.message).toContain('(n8n cannot read the credential)');
	expect(error.description).toContain('No image was made.');
	expect(`${error.message} ${error.description}`).not.toMatch(/billed|report/);
	expect(bench.simulator.requests).toEqual([]);
});

it('an item is not sent if its input is still being fetched when another is refused', async () => {
	bench = await openWorkbench({ simulator: { site: 'com' } });
	const imageHost = await startSimulator({ latencyMs: 0 });
	// A slow host, which answers long after the run has failed.
	imageHost.fault({ on: 'image', delayMs: 1500, times: Infinity });
	bench.simulator.fault({ status: 451, body: { code: 20021, message: 'no', data: null } });
	const reply = await fetch(`${imageHost.baseUrl}/images/generations`, {
		method: 'POST',
		headers: { authorization: `Bearer ${imageHost.apiKey}`, 'content-type': 'application/json' },
		body: JSON.stringify({ model: 'Kwai-Kolors/Kolors', prompt: 'a', image_size: '512x512' }),
	});
	const [{ url }] = ((await reply.json()) as { images: Array<{ url: string }> }).images;
	const base64 = Buffer.from(await (await fetch(url)).arrayBuffer()).toString('base64');
	const { error } = await bench.step(
		{
			operation: 'edit',
			model: 'Qwen/Qwen-Image-Edit',
			prompt: 'make it blue',
			images: {
				image: [{ source: '={{ $json.source }}', url, base64: '={{ $json.base64 }}' }],
			},
		},
		{
			items: [{ json: { source: 'base64', base64 } }, { json: { source: 'url' } }],
		},
	);
	await imageHost.close();
	expect(error?.context.itemIndex).toBe(0);
	expect(bench.simulator.generations).toHaveLength(1);
});
