/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import {
	createServer,
	type IncomingMessage,
	type OutgoingHttpHeaders,
	type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { testImage } from '../../harness/engine/testImages';
import { openWorkbench, type Workbench } from '../support/workbench';

/** Gateways that speak the same API, but answer in ways of their own. */

const GATEWAY_WORD = 'sk-gateway-000000';
const MB = 1024 * 1024;

let bench: Workbench;
let gateway: Server;
let origin: string;
/** What the gateway answers to a request for images. */
let reply: { body: string; type?: string; status?: number };
/** The requests for anything else. */
let fetched: IncomingMessage[];

beforeAll(async () => {
	gateway = createServer((request, response) => {
		const send = (status: number, headers: OutgoingHttpHeaders, body: string | Buffer) =>
			response.writeHead(status, headers).end(body);
		if (request.method === 'POST') {
			const { status = 200, type = 'application/json', body } = reply;
			request.resume().on('end', () => send(status, { 'content-type': type }, body));
			return;
		}
		fetched.push(request);
		send(200, { 'content-type': 'image/png' }, testImage('png'));
	});
	await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
	origin = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
	const credential = { region: 'custom', baseUrl: `${origin}/api/v1`, apiKey: GATEWAY_WORD };
	bench = await openWorkbench({ credential });
});
beforeEach(() => {
	fetched = [];
});
afterAll(async () => {
	await bench.close();
	gateway.closeAllConnections();
	await new Promise((resolve) => gateway.close(resolve));
});

const answerWith = (json: unknown) => (reply = { body: JSON.stringify(json) });
const png = testImage('png');

describe('A link', () => {
	it.each([
		['that is relative', '/files/a.png?sig=%2F', '/files/a.png?sig=%2F'],
		['that is relative to the request', 'a.png', '/api/v1/images/a.png'],
		['that is relative and has blanks', ' /my files/a b.png\n', '/my%20files/a%20b.png'],
		['with blanks around it', () => ` ${origin}/a.png\r\n`, '/a.png'],
		['with blanks in it', () => `${origin}/my files/a.png`, '/my%20files/a.png'],
	])('%s leads to the image, and is asked without the key', async (_name, link, path) => {
		answerWith({ images: [{ url: typeof link === 'string' ? link : link() }], seed: 1 });
		const { error, items } = await bench.step({ prompt: 'a fox' });

		expect(error).toBeUndefined();
		expect(await bench.engine.bytesOf(items[0])).toStrictEqual(png);
		expect(fetched.map(({ url }) => url)).toStrictEqual([path]);
		expect(fetched[0].headers).not.toHaveProperty('authorization');
		expect(JSON.stringify(fetched[0].rawHeaders)).not.toContain(GATEWAY_WORD);
	});

	it('that is relative comes out whole', async () => {
		answerWith({ images: [{ url: '/files/a.png' }] });
		const { items } = await bench.step({ prompt: 'a fox', options: { download: false } });

		expect(items[0].json.url).toBe(`${origin}/files/a.png`);
		expect(fetched).toHaveLength(0);
	});
});

describe('An event stream', () => {
	const type = 'text/event-stream';

	it('that holds the answer', async () => {
		const answer = JSON.stringify({ images: [{ url: `${origin}/a.png` }], seed: 77 });
		reply = { type, body: `: ping\n\ndata: {}\n\ndata: ${answer}\n\ndata: [DONE]\n\n` };
		const { items } = await bench.step({ prompt: 'a fox' });

		expect(items[0].json).toMatchObject({ seed: 77, width: 48, height: 32 });
		expect(await bench.engine.bytesOf(items[0])).toStrictEqual(png);
	});

	it('with an image in each event', async () => {
		const events = [1, 2, 3].map(
			(n) =>
				`event: image\r\ndata: {"b64_json":"${testImage('png', n).toString('base64')}"}\r\n\r\n`,
		);
		reply = { type, body: events.join('') };
		const { items } = await bench.step({ prompt: 'a fox', numberOfImages: 3 });

		expect(await Promise.all(items.map(async (item) => await bench.engine.bytesOf(item)))).toEqual(
			[1, 2, 3].map((n) => testImage('png', n)),
		);
	});

	it('that says an error', async () => {
		reply = { type, body: 'event: error\ndata: {"error":{"message":"No channel left"}}\n\n' };
		const { error } = await bench.step({ prompt: 'a fox' });

		expect(error?.description).toMatch(/^The reply was: No channel left\. If the credential/);
	});
});

describe('A reply without an image may have been billed', () => {
	const billed = 'The image may have been made and billed.';

	it.each([
		['nothing', 200, '', 'The reply was empty. '],
		['204', 204, '', 'The reply was empty. '],
		['JSON that is cut off', 200, '{"images":[{"ur', 'The reply was: {"images":[{"ur. '],
		['a task that goes on', 202, '{"task_id":"7"}', 'The reply was: {"task_id":"7"}. '],
		['what went well', 200, '{"code":20000,"message":"Ok","data":null}', 'The reply was: Ok. '],
		['a stream that says nothing', 200, 'data: [DONE]\n\n', 'The reply was: data: [DONE]. '],
		['a page', 200, '<html><title>Hello</title></html>', 'The reply was: Hello. '],
	])('%s', async (_name, status, body, words) => {
		reply = { status, body };
		const { error } = await bench.step({ prompt: 'a fox' });

		expect(error?.message).toBe('SiliconFlow answered without an image');
		expect(error?.description).toContain(`${words}${billed}`);
	});

	it.each([
		['an error of SiliconFlow', '{"code":20015,"message":"Bad parameter","data":null}'],
		['an error of OpenAI', '{"error":{"message":"Bad parameter","type":"invalid"}}'],
		['an error in words', '{"error":"Bad parameter"}'],
		['a code in words', '{"code":"InvalidParameter","message":"Bad parameter"}'],
		['that it did not succeed', '{"success":false,"message":"Bad parameter"}'],
	])('but not one that says %s', async (_name, body) => {
		reply = { body };
		const { error } = await bench.step({ prompt: 'a fox' });

		expect(error?.description).toContain('Bad parameter');
		expect(error?.description).not.toContain('billed');
	});
});

describe('Images in the reply itself', () => {
	/** What follows a PNG is ignored by image readers. */
	const largeImage = (bytes: number, n: number) => {
		const image = testImage('png', n);
		return Buffer.concat([image, Buffer.alloc(bytes - image.length, n)]);
	};

	it.each([
		['one of 47 MB', [47]],
		['four of 11.9 MB', [11.9, 11.9, 11.9, 11.9]],
	])('%s come out', async (_name, sizes) => {
		const images = sizes.map((size, n) => largeImage(Math.floor(size * MB), n));
		answerWith({ data: images.map((image) => ({ b64_json: image.toString('base64') })) });
		const { error, items } = await bench.step({ prompt: 'a fox', numberOfImages: images.length });

		expect(error).toBeUndefined();
		for (const [i, item] of items.entries()) {
			expect((await bench.engine.bytesOf(item)).equals(images[i])).toBe(true);
		}
		expect(items).toHaveLength(images.length);
	});

	it('as PHP and .NET write them, with escapes', async () => {
		const image = largeImage(16 * MB, 3);
		const escaped = image
			.toString('base64')
			.replace(/.{76}/g, '$&\\r\\n')
			.replaceAll('/', '\\/')
			.replaceAll('+', '\\u002b');
		reply = { body: `{"images":[{"b64_json":"${escaped}"}]}` };
		const { items } = await bench.step({ prompt: 'a fox' });

		expect((await bench.engine.bytesOf(items[0])).equals(image)).toBe(true);
	});

	it('are the largest part of it, so beside them it may have 8 MB', async () => {
		reply = { body: `{"images":[],"more":[${'1'.repeat(9 * MB)}]}` };
		const { error } = await bench.step({ prompt: 'a fox' });

		expect(error?.message).toContain('The answer has more than 8 MB');
	});

	it('of more than 48 MB are too many, which is said with the limit', async () => {
		answerWith({ images: [{ b64_json: largeImage(49 * MB, 1).toString('base64') }] });
		const { error } = await bench.step({ prompt: 'a fox' });

		expect(error?.message).toContain('The answer has more than 64 MB');
		expect(error?.description).toContain('may have been made and billed');
		expect(error?.description).toContain('48 MB');
	});
});
