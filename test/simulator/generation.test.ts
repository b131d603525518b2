/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { failures, startSimulator, type Simulator, type SimulatorOptions } from '../../simulator';
import { dataUrl, DOT, download, generate, json, KOLORS, send } from './client';

const open: Simulator[] = [];

async function start(options?: SimulatorOptions): Promise<Simulator> {
	const simulator = await startSimulator(options);
	open.push(simulator);
	return simulator;
}

afterEach(async () => {
	for (const simulator of open.splice(0)) await simulator.close();
});

it('answers like the service and logs the request', async () => {
	const simulator = await start();
	const answer = await generate(simulator, KOLORS, { 'x-enable-watermark': '0' });
	const reply = json(answer);
	const url = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/sc-maas\/.*&X-Amz-Signature=/);
	expect(reply).toEqual({
		images: [{ url }],
		timings: { inference: expect.any(Number) },
		seed: 7,
		shared_id: '0',
		data: reply.images,
		created: expect.any(Number),
	});
	expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
	expect(answer.headers['x-siliconcloud-trace-id']).toMatch(/^ti_\w{16}$/);
	expect(simulator.generations).toHaveLength(1);
	expect(simulator.generations[0]).toMatchObject({
		kind: 'generation',
		method: 'POST',
		url: '/v1/images/generations',
		headers: { 'x-enable-watermark': '0' },
		body: KOLORS,
		bodyBytes: JSON.stringify(KOLORS).length,
		status: 200,
		made: 1,
		aborted: false,
		traceId: answer.headers['x-siliconcloud-trace-id'],
		images: [reply.images[0].url],
	});
});

it('forgets requests at a reset, although their images are still to be drawn', async () => {
	setFlagsFromString('--expose-gc');
	const collectGarbage = runInNewContext('gc') as () => void;
	const simulator = await start();
	const answer = await generate(simulator, KOLORS);
	const request = new WeakRef(simulator.generations[0]);
	simulator.reset();
	// A reference that was just made holds until the next turn of the event loop.
	await new Promise((resolve) => setTimeout(resolve, 1));
	collectGarbage();

	expect(request.deref()).toBeUndefined();
	const [image] = await download(simulator, answer);
	expect(await loadImage(image)).toMatchObject({ width: 160 });
});

it('draws an image of the requested size, the same for the same request', async () => {
	const simulator = await start();
	const [first] = await download(simulator, await generate(simulator, KOLORS));
	const [again] = await download(simulator, await generate(simulator, KOLORS));
	const [other] = await download(simulator, await generate(simulator, { ...KOLORS, seed: 8 }));
	expect(await loadImage(first)).toMatchObject({ width: 160, height: 160 });
	expect(again.equals(first)).toBe(true);
	expect(other.equals(first)).toBe(false);
});

it.each(['png', 'jpeg'] as const)(
	'draws in squares of one color if told to (%s)',
	async (format) => {
		const simulator = await start({ blockSize: 7, format });
		const [image] = await download(simulator, await generate(simulator, KOLORS));
		const canvas = createCanvas(160, 160);
		const context = canvas.getContext('2d');
		const loaded = await loadImage(image);
		context.drawImage(loaded, 0, 0);
		expect(loaded).toMatchObject({ width: 160, height: 160 });
		const colorAt = (x: number, y: number) => [...context.getImageData(x, y, 1, 1).data];
		// JPEG blurs the edges of squares.
		const tolerance = format === 'png' ? 0 : 12;

		const colors = new Set<string>();
		for (let left = 0; left + 6 < 160; left += 7) {
			const [first, last] = [colorAt(left + 1, left + 1), colorAt(left + 5, left + 5)];
			first.forEach((value, i) => expect(Math.abs(value - last[i])).toBeLessThanOrEqual(tolerance));
			colors.add(first.join());
		}
		expect(colors.size).toBeGreaterThan(5);
	},
);

it('chooses a seed if none was sent; sending it back draws the same image', async () => {
	const simulator = await start();
	const unseeded: Partial<typeof KOLORS> = { ...KOLORS };
	delete unseeded.seed;
	const answer = await generate(simulator, unseeded);
	const { seed } = json(answer);
	expect(seed).toBeGreaterThanOrEqual(0);
	expect(seed).toBeLessThanOrEqual(9_999_999_999);
	const [made] = await download(simulator, answer);
	const [again] = await download(simulator, await generate(simulator, { ...unseeded, seed }));
	expect(again.equals(made)).toBe(true);
});

it('makes different images in a batch, with one seed', async () => {
	const simulator = await start();
	const answer = await generate(simulator, { ...KOLORS, batch_size: 3 });
	const images = await download(simulator, answer);
	expect(new Set(images.map((image) => image.toString('base64'))).size).toBe(3);
	expect(json(answer).seed).toBe(7);
	expect(simulator.imagesMade).toBe(3);
});

it('can ignore or refuse batch_size', async () => {
	const ignoring = await start({ batchSize: 'ignored' });
	expect(json(await generate(ignoring, { ...KOLORS, batch_size: 3 })).images).toHaveLength(1);
	expect(ignoring.imagesMade).toBe(1);
	const refusing = await start({ batchSize: 'refused' });
	const refused = await generate(refusing, { ...KOLORS, batch_size: 3 });
	expect(refused.status).toBe(400);
	expect(json(refused)).toMatchObject({
		code: 20035,
		message: expect.stringContaining('batch_size'),
	});
	expect((await generate(refusing, KOLORS)).status).toBe(200);
});

it('shows the inputs of an edit, at the size of the first; other inputs give another image', async () => {
	const simulator = await start();
	const canvas = createCanvas(300, 600);
	canvas.getContext('2d').fillRect(0, 0, 300, 300);
	const tall = dataUrl(canvas.toBuffer('image/jpeg'));
	const body = { model: 'Qwen/Qwen-Image-Edit-2509', prompt: 'at night', seed: 7, image: tall };
	const edits = [body, { ...body, image: dataUrl(DOT) }, { ...body, image2: dataUrl(DOT) }];
	const made: Buffer[] = [];
	for (const edit of edits) {
		made.push(...(await download(simulator, await generate(simulator, edit))));
	}
	expect(await loadImage(made[0])).toMatchObject({ width: 300, height: 600 });
	expect(new Set(made.map((image) => image.toString('base64'))).size).toBe(3);
});

it('fetches an input image from loopback, and uses a placeholder for any other', async () => {
	const simulator = await start();
	const web = createServer((request, response) => {
		response.statusCode = request.url === '/a.png' ? 200 : 404;
		response.end(DOT);
	});
	await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
	const origin = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
	const statuses: number[] = [];
	for (const image of [`${origin}/a.png`, `${origin}/b.png`, 'https://example.com/a.png']) {
		statuses.push((await generate(simulator, { ...KOLORS, image })).status);
	}
	web.close();
	expect(statuses).toEqual([200, 400, 200]);
});

it.each([
	['no image', dataUrl(Buffer.from('not an image'))],
	['broken base64', 'data:image/png;base64,iVBORw0KGgo*AAA'],
	['nothing', 'data:image/png;base64,'],
])('refuses an input image of %s', async (_, image) => {
	const simulator = await start();
	const answer = await generate(simulator, { ...KOLORS, image });
	expect([answer.status, json(answer)]).toEqual([400, failures.imageUndecodable.body]);
	expect(simulator.imagesMade).toBe(0);
});

it('uses the requested size, format and reply shape', async () => {
	const simulator = await start({ site: 'com', replyShape: 'images' });
	const answer = await generate(simulator, {
		model: 'black-forest-labs/FLUX-1.1-pro',
		prompt: 'a lighthouse',
		width: 320,
		height: 256,
		output_format: 'jpeg',
	});
	const reply = json<Record<string, unknown>>(answer);
	expect(Object.keys(reply)).toEqual(['images', 'timings', 'seed', 'shared_id']);
	expect(json(answer).images[0].url).toContain('final.jpeg?');
	const [image] = await download(simulator, answer);
	expect(image.subarray(0, 2).toString('hex')).toBe('ffd8');
	expect(await loadImage(image)).toMatchObject({ width: 320, height: 256 });
	const older = await start({ replyShape: 'data' });
	expect(Object.keys(json(await generate(older, KOLORS)))).toEqual([
		'timings',
		'seed',
		'shared_id',
		'data',
		'created',
	]);
});

it.each(['png', 'jpeg'] as const)('pads a valid %s for benchmarks', async (format) => {
	const simulator = await start({ imageBytes: 2_000_000, format });
	const [image] = await download(simulator, await generate(simulator, KOLORS));
	expect(Math.abs(image.length - 2_000_000)).toBeLessThan(100);
	expect(await loadImage(image)).toMatchObject({ width: 160, height: 160 });
});

it('counts images, not requests, against the rate limit, and refusals not at all', async () => {
	const simulator = await start({ limit: { images: 3, perMs: 60_000, retryAfter: true } });
	expect((await generate(simulator, { ...KOLORS, batch_size: 2 })).status).toBe(200);
	const refused = await generate(simulator, { ...KOLORS, batch_size: 2 });
	expect([refused.status, json(refused)]).toEqual([429, failures.rateLimit.body]);
	expect(Number(refused.headers['retry-after'])).toBeGreaterThan(58);
	expect((await generate(simulator, KOLORS)).status).toBe(200);
	expect(simulator.imagesMade).toBe(3);
	simulator.reset();
	expect((await generate(simulator, KOLORS)).status).toBe(200);
});

it('sends no Retry-After by default, and lets a booking expire', async () => {
	const simulator = await start({ limit: { images: 1, perMs: 60_000 } });
	await generate(simulator, KOLORS);
	const refused = await generate(simulator, KOLORS);
	expect(refused.status).toBe(429);
	expect(refused.headers['retry-after']).toBeUndefined();
	const later = Date.now() + 60_000;
	const clock = jest.spyOn(Date, 'now').mockReturnValue(later);
	const accepted = await generate(simulator, KOLORS);
	clock.mockRestore();
	expect(accepted.status).toBe(200);
});

it('refuses a wrong key with a bare JSON string, and counts the request', async () => {
	const simulator = await start();
	const answer = await generate(simulator, KOLORS, { authorization: 'Bearer sk-other' });
	expect([answer.status, json<string>(answer)]).toEqual([401, 'Invalid token']);
	expect(answer.headers['x-siliconcloud-trace-id']).toMatch(/^ti_/);
	expect(simulator.requests).toMatchObject([{ status: 401, made: 0 }]);
});

it('refuses a body that is not JSON', async () => {
	const simulator = await start();
	const asForm = await generate(simulator, KOLORS, { 'content-type': 'multipart/form-data' });
	expect(json(asForm)).toMatchObject({ code: 20015 });
	const headers = {
		authorization: `Bearer ${simulator.apiKey}`,
		'content-type': 'application/json',
	};
	const broken = await send(simulator, 'POST', '/v1/images/generations', headers, '{"model":');
	expect(broken.status).toBe(400);
});

it('is slow if the option or the prompt says so', async () => {
	const simulator = await start({ latencyMs: 60 });
	const prompt = 'a lighthouse [slow 0.1]';
	const { timings } = json(await generate(simulator, { ...KOLORS, prompt }));
	expect(timings.inference).toBeGreaterThanOrEqual(0.15);
});

it('bills an image even if the client has disconnected, and logs that', async () => {
	const client = new AbortController();
	// Disconnects when the request has arrived, not after a fixed time.
	const simulator = await start({ latencyMs: 60_000, onRequest: () => client.abort() });
	const asked = fetch(`${simulator.baseUrl}/images/generations`, {
		method: 'POST',
		headers: {
			authorization: `Bearer ${simulator.apiKey}`,
			'content-type': 'application/json',
		},
		body: JSON.stringify(KOLORS),
		signal: client.signal,
	});
	await expect(asked).rejects.toThrow();
	while (simulator.inFlight > 0 || simulator.imagesMade === 0) {
		await new Promise((resolve) => setImmediate(resolve));
	}
	expect(simulator.generations).toMatchObject([{ aborted: true, made: 1 }]);
	expect(simulator.inFlight).toBe(0);
});

it('keeps no bodies if the option says so', async () => {
	const simulator = await start({ logBodies: false });
	await generate(simulator, KOLORS);
	expect(simulator.requests[0]).not.toHaveProperty('body');
	expect(simulator.requests[0].bodyBytes).toBeGreaterThan(50);
});

describe('Other routes', () => {
	it('lists the models, edit models under text-to-image too', async () => {
		const simulator = await start();
		const headers = { authorization: `Bearer ${simulator.apiKey}` };
		const list = async (query: string) => {
			const answer = await send(simulator, 'GET', `/v1/models${query}`, headers);
			return json<{ object: string; data: Array<{ id: string }> }>(answer);
		};
		const all = await list('');
		expect(all).toMatchObject({ object: 'list' });
		expect(all.data[0]).toEqual({
			id: 'Kwai-Kolors/Kolors',
			object: 'model',
			created: 0,
			owned_by: '',
		});
		const ids = async (query: string) => (await list(query)).data.map(({ id }) => id);
		const images = await ids('?type=image');
		const editing = await ids('?sub_type=image-to-image');
		expect(images.at(-1)).toBe('Acme/Tomorrow-1');
		expect(images).not.toContain('Qwen/Qwen3-32B');
		expect(await ids('?sub_type=text-to-image')).toEqual(images);
		expect(images).toEqual(expect.arrayContaining([...editing, 'Tongyi-MAI/Z-Image']));
		expect(editing).toEqual(expect.arrayContaining(['Qwen/Qwen-Image-Edit', 'Acme/Tomorrow-1']));
		expect(editing).not.toContain('Tongyi-MAI/Z-Image');
		expect(all.data.length).toBeGreaterThan(7);
		expect((await send(simulator, 'GET', '/v1/models')).status).toBe(401);
	});

	it('has one retired endpoint and no others', async () => {
		const simulator = await start();
		const headers = { authorization: `Bearer ${simulator.apiKey}` };
		const retired = await send(simulator, 'GET', '/v1/user/info', headers);
		expect([retired.status, json(retired)]).toMatchObject([410, { code: 20092 }]);
		const missing = await send(simulator, 'POST', '/images/generations', headers);
		expect([missing.status, missing.body.toString()]).toEqual([404, '404 page not found']);
	});
});
