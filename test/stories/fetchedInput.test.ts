/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INodeParameters } from 'n8n-workflow';
import { dataUrlOf, testImage } from '../../harness/engine/testImages';
import { sideBySide } from '../support/sideBySide';
import {
	openWorkbench,
	type Outcome,
	type StepOptions,
	type Workbench,
} from '../support/workbench';

/** Edit with an image by URL at the international site, which takes no URLs: n8n fetches it. */

const MODEL = 'black-forest-labs/FLUX.1-Kontext-dev';

/** A simulator, and a host of images that counts what it is asked for. */
interface Stage {
	readonly bench: Workbench;
	readonly origin: string;
	/** The requests that the image host received. */
	readonly asked: Array<{ path: string; headers: IncomingHttpHeaders }>;
	readonly close: () => Promise<void>;
}

async function openStage(): Promise<Stage> {
	const asked: Stage['asked'] = [];
	const host = createServer(({ url = '', headers }, response) => {
		asked.push({ path: url, headers });
		const send = (bytes: Buffer | string, type: string) =>
			response.writeHead(200, { 'content-type': type }).end(bytes);
		if (url.startsWith('/cat.png')) return send(testImage('png'), 'application/octet-stream');
		// The name and the content type are wrong; the bytes decide.
		if (url === '/photo.png') return send(testImage('jpeg'), 'image/png');
		if (url === '/page') return send('<html>Sign in</html>', 'text/html');
		if (url === '/empty') return send('', 'image/png');
		if (url === '/moved') return response.writeHead(302, { location: '/cat.png?moved' }).end();
		if (url.startsWith('/busy') && asked.length <= Number(url.slice(6)))
			return response.writeHead(503).end('busy');
		if (url.startsWith('/limited') && asked.length === 1)
			return response.writeHead(429).end('too many');
		if (url.startsWith('/shaky') && asked.length === 1) return response.destroy();
		if (/^\/(busy|limited|shaky)/.test(url)) return send(testImage('png'), 'image/png');
		if (url === '/cut')
			return response.writeHead(200, { 'content-length': 9 }).end('GIF8').destroy();
		return response.writeHead(404).end('not here');
	});
	await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
	const bench = await openWorkbench({ simulator: { site: 'com' } });
	return {
		bench,
		origin: `http://127.0.0.1:${(host.address() as AddressInfo).port}`,
		asked,
		close: async () => {
			await bench.close();
			await new Promise((resolve) => host.close(resolve));
		},
	};
}

let shared: Stage;
let bench: Workbench;
let origin: string;
let asked: Stage['asked'];
beforeAll(async () => {
	shared = await openStage();
	({ bench, origin, asked } = shared);
});
afterEach(() => {
	bench.simulator.reset();
	asked.length = 0;
});
afterAll(async () => await shared.close());

const edit = (url: string, more: INodeParameters = {}): INodeParameters => ({
	operation: 'edit',
	model: MODEL,
	prompt: 'make it blue',
	images: { image: [{ source: 'url', url }] },
	executionOptions: { concurrency: 1 },
	...more,
});
const dataUrl = (format: 'png' | 'jpeg') => dataUrlOf(testImage(format), format);
const bodiesAt = ({ simulator }: Workbench) => simulator.generations.map(({ body }) => body);
const bodies = () => bodiesAt(bench);
/** Three items; the image of the second does not exist. */
const byItem = async (onError?: StepOptions['onError']) => {
	const items = ['cat.png', 'dead', 'cat.png'].map((name) => ({
		json: { url: `${origin}/${name}` },
	}));
	return await bench.step(edit('={{ $json.url }}'), { items, onError });
};

/** URLs that are fetched again and again, with seconds in between. */
const waits = sideBySide(
	['/busy/9', '/cut', 'http://127.0.0.1:9/cat.png', '/busy/3', '/busy/1', '/limited', '/shaky'],
	async (url) => {
		const stage = await openStage();
		try {
			return { ...(await stage.bench.step(edit(new URL(url, stage.origin).href))), stage };
		} finally {
			await stage.close();
		}
	},
);

/** What comes of editing the image at a URL, and where it happened. */
async function editOf(url: string): Promise<Outcome & { stage: Stage }> {
	if (waits.has(url)) return await waits.resultOf(url);
	return { ...(await bench.step(edit(origin + url))), stage: shared };
}

describe('An image by URL', () => {
	it.each([
		['/cat.png?a=1+2&b=%2F', 'png'],
		['/photo.png', 'jpeg'],
		['/moved', 'png'],
	] as const)('is fetched and sent as data: %s', async (path, format) => {
		const { error } = await bench.step(edit(origin + path));

		expect(error).toBeUndefined();
		expect(bodies()).toStrictEqual([
			{ model: MODEL, prompt: 'make it blue', image: dataUrl(format) },
		]);
		expect(asked[0].path).toBe(path);
	});

	it('is fetched without the API key', async () => {
		await bench.step(edit(`${origin}/moved`));

		expect(asked).toHaveLength(2);
		for (const { headers } of asked) {
			expect(headers).not.toHaveProperty('authorization');
			expect(JSON.stringify(headers)).not.toContain(bench.simulator.apiKey);
		}
	});

	it('is fetched once, and only if the rest of the item is valid', async () => {
		await bench.step(edit(`${origin}/cat.png`, { options: { seed: -1 } }));
		expect(asked).toEqual([]);

		await bench.step(edit(`${origin}/cat.png`));
		expect(asked).toHaveLength(1);
	});
});

describe('A fetch that costs nothing is repeated', () => {
	it.each([
		['/busy/1', 2],
		['/busy/3', 4],
		['/limited', 2],
		['/shaky', 2],
	])('%s', async (path, attempts) => {
		const { error, stage } = await editOf(path);

		expect(error).toBeUndefined();
		expect(stage.asked).toHaveLength(attempts);
		expect(bodiesAt(stage.bench)).toStrictEqual([
			{ model: MODEL, prompt: 'make it blue', image: dataUrl('png') },
		]);
	});

	it('until the execution is stopped', async () => {
		let stoppedAt = 0;
		const { status } = await bench.step(edit(`${origin}/busy/9`), {
			onStart: (cancel) => {
				const watch = setInterval(() => {
					// After the third attempt it waits for two seconds.
					if (asked.length < 3) return;
					clearInterval(watch);
					stoppedAt = Date.now();
					cancel();
				}, 20).unref();
			},
		});

		expect(status).toBe('canceled');
		expect(Date.now() - stoppedAt).toBeLessThan(1000);
		expect(asked).toHaveLength(3);
		expect(bench.simulator.requests).toEqual([]);
	});

	it('until another item ends the run', async () => {
		bench.simulator.fault({ status: 451, body: { code: 20021, message: 'no', data: null } });
		const items = ['cat.png', 'busy/9'].map((name) => ({ json: { url: `${origin}/${name}` } }));
		const { error } = await bench.step(
			edit('={{ $json.url }}', { executionOptions: { concurrency: 2 } }),
			{ items },
		);

		expect(error?.context.itemIndex).toBe(0);
		expect(asked.length).toBeLessThan(4);
		expect(bench.simulator.generations).toHaveLength(1);
	});
});

describe('A URL that does not lead to an image is named, and nothing is sent', () => {
	it.each([
		['/dead', 'the image host answered with HTTP 404'],
		['/page', 'the file is not an image (its content type is text/html)'],
		['/empty', 'the file is empty'],
		['/busy/9', 'the image host answered with HTTP 503', 4],
		['/cut', 'the connection to the image host broke (ECONNRESET)', 4],
	])('%s', async (path, reason, attempts = 1) => {
		const { status, error, stage } = await editOf(path);

		expect(status).toBe('error');
		expect(error?.message).toContain(`'URL': no image was downloaded because ${reason}`);
		expect(error?.description).toContain('n8n downloads the image itself');
		expect(error?.description).toContain('The request was not sent.');
		expect(error?.context.itemIndex).toBe(0);
		expect(stage.bench.simulator.requests).toEqual([]);
		expect(stage.asked).toHaveLength(attempts);
	});

	it('with no server at the address', async () => {
		const { error, stage } = await editOf('http://127.0.0.1:9/cat.png');

		expect(error?.message).toContain(
			"'URL': no image was downloaded because the image host cannot be reached (ECONNREFUSED)",
		);
		expect(stage.bench.simulator.requests).toEqual([]);
	});
});

describe('One item of three has a dead URL', () => {
	it('the run ends there, and the image already paid for is named', async () => {
		const { status, error } = await byItem();

		expect(status).toBe('error');
		expect(error?.message).toContain("'URL': no image was downloaded");
		expect(error?.context.itemIndex).toBe(1);
		expect(bench.simulator.imagesMade).toBe(1);
		expect(error?.description).toContain('Already made and paid for: 1 image. Its link is');
		expect(error?.context.data).toMatchObject({
			images: [{ url: bench.simulator.generations[0].images?.[0] }],
		});
	});

	it('with Continue On Fail the others come out, and the dead one keeps its position', async () => {
		const { status, items } = await byItem('continueRegularOutput');

		expect(status).toBe('success');
		expect(items.map(({ binary }) => binary !== undefined)).toEqual([true, false, true]);
		expect(items[1]).toMatchObject({
			json: {
				error: "'URL': no image was downloaded because the image host answered with HTTP 404",
				details: expect.stringContaining('The request was not sent.'),
			},
			pairedItem: { item: 1 },
		});
		expect(bench.simulator.imagesMade).toBe(2);
	});

	it('with an error output it goes there', async () => {
		const { items, errorItems } = await byItem('continueErrorOutput');

		expect(items).toHaveLength(2);
		expect(errorItems).toMatchObject([{ json: { url: `${origin}/dead` } }]);
	});
});
