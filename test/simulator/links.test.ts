import { startSimulator, type Simulator } from '../../simulator';
import { generate, json, KOLORS, send, targetOf } from './client';

let simulator: Simulator;

afterEach(async () => await simulator.close());

const newLink = async () => targetOf(json(await generate(simulator, KOLORS)).images[0].url);
const get = async (target: string, headers?: Record<string, string>) =>
	await send(simulator, 'GET', target, headers);

describe('A signed link', () => {
	beforeEach(async () => {
		simulator = await startSimulator();
	});

	it('contains every escape that a client might normalize', async () => {
		const [path, query] = (await newLink()).split('?');
		for (const part of [path, query]) {
			for (const escape of ['%2F', '+', '%2B', '%20']) {
				expect(part).toContain(escape);
			}
		}
		expect(query).toMatch(/&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&/);
	});

	it('returns the image without a specific type, more than once', async () => {
		const link = await newLink();
		const first = await get(link);
		expect(first.status).toBe(200);
		expect(first.headers).toMatchObject({
			'content-type': 'application/octet-stream',
			'content-length': String(first.body.length),
		});
		expect((await get(link)).body.equals(first.body)).toBe(true);
		expect(simulator.images.map(({ url }) => url)).toEqual([link, link]);
	});

	it.each([
		['decodes %2F', (link: string) => link.replaceAll('%2F', '/')],
		['encodes +', (link: string) => link.replace('image+out', 'image%2Bout')],
		['decodes %2B', (link: string) => link.replace('%2B', '+')],
		['turns %20 into +', (link: string) => link.replace('%20', '+')],
		['lowers the case of an escape', (link: string) => link.replace('%2F', '%2f')],
		['encodes twice', (link: string) => link.replace('%2F', '%252F')],
		['encodes + in the query', (link: string) => link.replace('%3Dimage+out', '%3Dimage%20out')],
		['sorts the query', (link: string) => link.replace(/(X-Amz-Date=\w+)&(.*?)&/, '$2&$1&')],
		['adds a parameter', (link: string) => `${link}&width=100`],
		['drops the query', (link: string) => link.split('?')[0]],
	])('is refused to a client that %s', async (_, change) => {
		const link = await newLink();
		expect(change(link)).not.toBe(link);
		const answer = await get(change(link));
		expect(answer.status).toBe(403);
		expect(answer.headers['content-type']).toBe('application/xml');
		expect(answer.body.toString()).toContain('<Code>SignatureDoesNotMatch</Code>');
	});

	it('is refused together with an Authorization header', async () => {
		const authorization = `Bearer ${simulator.apiKey}`;
		const answer = await get(await newLink(), { authorization });
		expect(answer.status).toBe(400);
		expect(answer.body.toString()).toContain('Only one auth mechanism allowed');
	});

	it('is signed for its host', async () => {
		expect((await get(await newLink(), { host: 'example.com' })).status).toBe(403);
	});
});

it('expires', async () => {
	simulator = await startSimulator({ linkLifetimeMs: 0 });
	const answer = await get(await newLink());
	expect(answer.status).toBe(403);
	expect(answer.body.toString()).toContain(
		'<Code>AccessDenied</Code><Message>Request has expired</Message>',
	);
});

it('may have a different host', async () => {
	simulator = await startSimulator({ imageHost: 'localhost' });
	const { url } = json(await generate(simulator, KOLORS)).images[0];
	expect(url).toMatch(/^http:\/\/localhost:\d+\//);
	const host = new URL(url).host;
	expect((await get(targetOf(url), { host })).status).toBe(200);
});
