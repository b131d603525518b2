/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import {
	createServer,
	type IncomingHttpHeaders,
	type OutgoingHttpHeaders,
	type Server,
	type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { sleep } from 'n8n-workflow';
import { testImage } from '../../harness/engine/testImages';
import { until } from '../support/until';
import { openWorkbench, type Workbench } from '../support/workbench';

/** How many downloads of a run are under way at once, and how much is read of each. */

let bench: Workbench;
let host: Server;
let origin: string;
/** What the image host does with a request, from the first one on. */
let answer: (response: ServerResponse, nth: number, path: string) => void | Promise<void>;
let asked: string[] = [];
let underWay = 0;
let most = 0;

beforeAll(async () => {
	bench = await openWorkbench();
	host = createServer((request, response) => {
		most = Math.max(most, ++underWay);
		response.on('close', () => underWay--);
		void answer(response, asked.push(request.url!), request.url!);
	});
	await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
	origin = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
});
beforeEach(() => {
	asked = [];
	most = 0;
	let link = 0;
	bench.simulator.fault({
		times: Infinity,
		transformReply: (reply: { images: unknown[] }) => ({
			...reply,
			images: reply.images.map(() => ({ url: `${origin}/${link++}` })),
		}),
	});
});
afterEach(() => bench.simulator.reset());
afterAll(async () => {
	await bench.close();
	host.closeAllConnections();
	await new Promise((resolve) => host.close(resolve));
});

const generate = async (items: number, numberOfImages: number, concurrency: number) =>
	await bench.step(
		{
			prompt: '={{ "fox " + $json.i }}',
			numberOfImages,
			executionOptions: { concurrency, timeout: 20 },
		},
		{ items: Array.from({ length: items }, (_, i) => ({ json: { i } })) },
	);

it.each([
	['as many as Concurrency says', 1, 3, 1],
	['as many as Concurrency says', 3, 12, 3],
	['eight at the most', 30, 60, 8],
])('At once there are %s: Concurrency %d', async (_name, concurrency, images, expected) => {
	answer = async (response) => {
		// All that may come at once have come, and one more would have had the time to.
		await until(() => most >= expected);
		await sleep(20);
		response.end(testImage('png'));
	};
	const { error, items } = await generate(images / 3, 3, concurrency);

	expect(error).toBeUndefined();
	expect(items).toHaveLength(images);
	expect(asked).toHaveLength(images);
	expect(most).toBe(expected);
});

it('While a download waits to be repeated, another one has its slot', async () => {
	answer = (response, nth) => {
		if (nth === 1) response.writeHead(503).end();
		else response.end(testImage('png'));
	};
	const { error } = await generate(1, 3, 1);

	expect(error).toBeUndefined();
	expect(asked).toStrictEqual(['/0', '/1', '/2', '/0']);
});

it('A download that cannot be stored leaves its slot to the next one', async () => {
	answer = (response, nth) => {
		if (nth === 1) response.writeHead(410).end();
		else response.end(testImage('png'));
	};
	const { error } = await generate(1, 3, 1);

	expect(error?.message).toContain('the image host answered with HTTP 410');
	expect(asked).toHaveLength(3);
});

it('A cancel ends those that wait, too', async () => {
	let cancelled = 0;
	let cancel = () => {};
	answer = () => {
		cancelled = Date.now();
		cancel();
	};
	const { status } = await bench.step(
		{ prompt: 'a fox', numberOfImages: 4, executionOptions: { concurrency: 1 } },
		{ onStart: (stop) => (cancel = stop) },
	);

	expect(status).toBe('canceled');
	expect(Date.now() - cancelled).toBeLessThan(1_000);
	expect(asked).toHaveLength(1);
});

describe('The connection is closed as soon as no more is wanted', () => {
	const endless = (response: ServerResponse, status: number, headers: OutgoingHttpHeaders) => {
		response.on('close', () => closed++);
		response.writeHead(status, headers);
		response.write('<html>This is a page, and it never ends');
	};
	let closed = 0;
	beforeEach(() => (closed = 0));

	it.each<[string, number, OutgoingHttpHeaders, string, number?]>([
		['no image', 200, { 'content-type': 'text/html' }, '(its content type is text/html)', 6],
		['a refusal', 410, {}, 'the image host answered with HTTP 410'],
		['an announced size', 200, { 'content-length': 51 * 1024 * 1024 }, 'larger than 50 MB'],
		['a redirect', 302, { location: '/again' }, 'too many redirects', 6],
	])('%s', async (_name, status, headers, message, connections = 1) => {
		answer = (response) => endless(response, status, headers);
		const { error } = await generate(1, 1, 1);

		expect(error?.message).toContain(message);
		expect(bench.simulator.generations).toHaveLength(1);
		expect(asked).toHaveLength(connections);
		await until(() => closed === connections);
	});
});

it('An image that is late comes out, and its link is asked without the key each time', async () => {
	const headers: IncomingHttpHeaders[] = [];
	answer = (response, nth) => {
		headers.push(response.req.headers);
		if (nth === 1) response.writeHead(404).end('no such file');
		else if (nth === 2) response.end();
		else response.end(testImage('png'));
	};
	const { error, items } = await generate(1, 1, 1);

	expect(error).toBeUndefined();
	expect(await bench.engine.bytesOf(items[0])).toStrictEqual(testImage('png'));
	expect(asked).toStrictEqual(['/0', '/0', '/0']);
	for (const each of headers) expect(each).not.toHaveProperty('authorization');
	expect(bench.simulator.generations).toHaveLength(1);
});

it('An image whose first bytes come one by one is an image', async () => {
	const image = testImage('png');
	answer = async (response) => {
		for (const byte of image.subarray(0, 20)) {
			response.write(Buffer.from([byte]));
			await sleep(2);
		}
		response.end(image.subarray(20));
	};
	const { error, items } = await generate(1, 1, 1);

	expect(error).toBeUndefined();
	expect(await bench.engine.bytesOf(items[0])).toStrictEqual(image);
});
