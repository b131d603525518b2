/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { connect } from 'node:net';
import { failures, startSimulator, type Fault, type Simulator } from '../../simulator';
import { failureAnswer } from '../../simulator/http/answer';
import { until } from '../support/until';
import { generate, json, KOLORS, send, targetOf } from './client';

let simulator: Simulator;

beforeEach(async () => {
	simulator = await startSimulator();
});

afterEach(async () => await simulator.close());

interface Raw {
	head: string;
	body: Buffer;
	/** Whether the server ended the connection before the watch stopped. */
	ended: boolean;
}

/** For how long nothing more must come from a server that stalls. */
const QUIET_MS = 120;

/**
 * Records the bytes on the wire until the server ends, or it is enough.
 *
 * @param quietMs for how long to go on then
 */
async function watch(
	target: string,
	enough: (bytes: number) => boolean = () => false,
	quietMs = 0,
): Promise<Raw> {
	const body = JSON.stringify(KOLORS);
	const isImage = target.startsWith('/sc-maas/');
	const { hostname, port, host } = new URL(simulator.origin);
	const head = isImage
		? `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`
		: `POST ${target} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${simulator.apiKey}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
	const chunks: Buffer[] = [];
	let ended = false;
	const socket = connect(Number(port), hostname, () => socket.write(head));
	socket.on('data', (chunk) => chunks.push(chunk));
	socket.on('error', () => (ended = true));
	socket.on('end', () => (ended = true));
	const received = () => chunks.reduce((sum, { length }) => sum + length, 0);
	await until(() => ended || enough(received()));
	await new Promise((resolve) => setTimeout(resolve, ended ? 0 : quietMs));
	socket.destroy();
	const all = Buffer.concat(chunks);
	const end = all.indexOf('\r\n\r\n');
	return { head: all.subarray(0, end).toString(), body: all.subarray(end + 4), ended };
}
const watchGeneration = async (
	fault: Fault,
	enough?: (bytes: number) => boolean,
	quietMs?: number,
) => {
	simulator.fault(fault);
	return await watch('/v1/images/generations', enough, quietMs);
};

/** Waits until the log is complete: a request has arrived, and none is in progress. */
const settled = async () =>
	await until(() => simulator.requests.length > 0 && simulator.inFlight === 0);

it.each(Object.entries(failures))('answers with the named failure %s', async (name, failure) => {
	simulator.fault(failure);
	const expected = failureAnswer(failure);
	for (const prompt of ['a lighthouse', `a lighthouse [fail ${name}]`]) {
		const answer = await generate(simulator, { ...KOLORS, prompt });
		expect(answer.status).toBe(expected.status);
		expect(answer.body.toString()).toBe(expected.body.toString());
		expect(answer.headers['content-type']).toBe(expected.headers['content-type']);
		expect(answer.headers['x-siliconcloud-trace-id']).toMatch(/^ti_/);
	}
	expect(simulator.imagesMade).toBe(0);
});

it('applies in order, the given number of times, to matching requests only', async () => {
	simulator.fault({ ...failures.overloaded, times: 2 });
	simulator.fault({ ...failures.moderated, when: ({ headers }) => 'x-marked' in headers });
	const statuses: number[] = [];
	for (const headers of [{}, {}, {}, { 'x-marked': '1' }, { 'x-marked': '1' }]) {
		statuses.push((await generate(simulator, KOLORS, headers as Record<string, string>)).status);
	}
	expect(statuses).toEqual([503, 503, 200, 451, 200]);
});

it('applies until reset', async () => {
	simulator.fault({ ...failures.overloaded, times: Infinity });
	expect((await generate(simulator, KOLORS)).status).toBe(503);
	expect((await generate(simulator, KOLORS)).status).toBe(503);
	simulator.reset();
	expect((await generate(simulator, KOLORS)).status).toBe(200);
	expect(simulator.requests).toHaveLength(1);
});

it('applies to the model list and the image store as well', async () => {
	const link = targetOf(json(await generate(simulator, KOLORS)).images[0].url);
	simulator.fault({ on: 'models', ...failures.keyInvalid });
	simulator.fault({ on: 'image', status: 302, headers: { location: 'http://192.0.2.1/' } });
	const authorization = `Bearer ${simulator.apiKey}`;
	expect((await send(simulator, 'GET', '/v1/models', { authorization })).status).toBe(401);
	const moved = await send(simulator, 'GET', link);
	expect([moved.status, moved.headers.location]).toEqual([302, 'http://192.0.2.1/']);
	expect((await send(simulator, 'GET', link)).status).toBe(200);
});

it('waits before it answers', async () => {
	simulator.fault({ delayMs: 80 });
	await generate(simulator, KOLORS);
	const [{ receivedAt, answeredAt = 0 }] = simulator.generations;
	expect(answeredAt - receivedAt).toBeGreaterThanOrEqual(75);
});

it('stalls before the headers: nothing is made', async () => {
	const { head, body, ended } = await watchGeneration(
		{ stall: 'before-headers' },
		() => simulator.inFlight === 1,
		QUIET_MS,
	);
	expect([head, body.length, ended]).toEqual(['', 0, false]);
	await settled();
	expect(simulator.generations).toMatchObject([{ aborted: true, made: 0 }]);
});

it('stalls in mid-body: the image is made', async () => {
	const { head, body, ended } = await watchGeneration(
		{ stall: 'mid-body' },
		(bytes) => bytes > 0,
		QUIET_MS,
	);
	const announced = Number(/content-length: (\d+)/.exec(head)?.[1]);
	expect([body.length, ended]).toEqual([Math.ceil(announced / 2), false]);
	await settled();
	expect(simulator.generations).toMatchObject([{ aborted: true, made: 1, status: 200 }]);
});

it('cuts the connection before the headers: nothing is made', async () => {
	const { head, ended } = await watchGeneration({ cut: 'before-headers' });
	expect([head, ended]).toEqual(['', true]);
	await settled();
	expect(simulator.generations).toMatchObject([{ aborted: false, made: 0 }]);
});

it('cuts the connection in mid-body: the image is made', async () => {
	const { head, body, ended } = await watchGeneration({ cut: 'mid-body' });
	const announced = Number(/content-length: (\d+)/.exec(head)?.[1]);
	expect([body.length, ended]).toEqual([Math.ceil(announced / 2), true]);
	await settled();
	expect(simulator.generations).toMatchObject([{ aborted: false, made: 1 }]);
});

it('cuts a download short', async () => {
	const link = targetOf(json(await generate(simulator, KOLORS)).images[0].url);
	simulator.fault({ on: 'image', cut: 'mid-body' });
	await expect(send(simulator, 'GET', link)).rejects.toThrow('aborted');
	expect((await send(simulator, 'GET', link)).status).toBe(200);
});

it('trickles the body', async () => {
	const startedAt = Date.now();
	simulator.fault({ trickle: { bytes: 200, everyMs: 10 } });
	const answer = await generate(simulator, KOLORS);
	expect(json(answer).images).toHaveLength(1);
	const pieces = Math.ceil(answer.body.length / 200);
	expect(Date.now() - startedAt).toBeGreaterThanOrEqual(pieces * 8);
});

it('sends an endless body', async () => {
	const link = targetOf(json(await generate(simulator, KOLORS)).images[0].url);
	simulator.fault({ on: 'image', endless: true });
	const { head, body, ended } = await watch(link, (bytes) => bytes > 20_000_000);
	expect(head).toMatch(/transfer-encoding: chunked/i);
	expect(body.length).toBeGreaterThan(19_000_000);
	expect(ended).toBe(false);
	await settled();
	expect(simulator.images).toMatchObject([{ aborted: true }]);
});

it('pads a body to a length it does not announce', async () => {
	simulator.fault({ bytes: 3_000_000 });
	const answer = await generate(simulator, KOLORS);
	expect(answer.body).toHaveLength(3_000_000);
	expect(answer.headers['content-length']).toBeUndefined();
	expect(json(answer).images).toHaveLength(1);
});

it.each([10, 100_000])('announces the wrong length %i', async (contentLength) => {
	const { head, body, ended } = await watchGeneration({ contentLength });
	expect(head).toMatch(new RegExp(`content-length: ${contentLength}\\b`, 'i'));
	expect(body.length).not.toBe(contentLength);
	expect(body.toString()).toMatch(/^\{.*\}$/s);
	expect(ended).toBe(true);
});

it('announces plain bytes as gzip', async () => {
	simulator.fault({ encoding: 'gzip-lie' });
	const answer = await generate(simulator, KOLORS);
	expect(answer.headers['content-encoding']).toBe('gzip');
	expect(json(answer).images).toHaveLength(1);
});

it('sends a changed reply', async () => {
	simulator.fault({
		transformReply: (reply, { url }) => ({ ...reply, images: [], asked: url }),
	});
	expect(json(await generate(simulator, KOLORS))).toMatchObject({
		images: [],
		asked: '/v1/images/generations',
	});
	expect(simulator.imagesMade).toBe(1);
});

it('closes at once, even with open requests', async () => {
	simulator.fault({ stall: 'before-headers' });
	const hanging = generate(simulator, KOLORS).catch((error: Error) => error.message);
	await until(() => simulator.inFlight === 1);
	await simulator.close();
	expect(await hanging).toBe('socket hang up');
	simulator = await startSimulator();
});
