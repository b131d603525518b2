/* eslint-disable @n8n/community-nodes/no-dangerous-functions, @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnvironment, readFlags } from '../../live/cli';
import { scripts } from '../../package.json';
import { startSimulator, type Simulator } from '../../simulator';

/** The command itself, as `npm run live` starts it. */

const ROOT = join(__dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'live-'));
let simulator: Simulator;

beforeAll(async () => {
	simulator = await startSimulator({ blockSize: 64 });
});
afterAll(async () => {
	await simulator.close();
	rmSync(folder, { recursive: true });
});
beforeEach(() => simulator.reset());

async function live(args: string[], env: Record<string, string> = {}) {
	const own = { ...process.env };
	delete own.SILICONFLOW_API_KEY;
	delete own.SILICONFLOW_REGION;
	const all = ['--import', 'tsx', join('live', 'cli.ts'), ...args];
	return await new Promise<{ code: unknown; text: string }>((resolve) => {
		const options = { cwd: ROOT, env: { ...own, ...env } };
		const child = execFile(process.execPath, all, options, (error, stdout, stderr) =>
			resolve({ code: error?.code ?? 0, text: stdout + stderr }),
		);
		child.stdin?.end();
	});
}

const given = () => ({ SILICONFLOW_API_KEY: simulator.apiKey });
const here = () => ['--base-url', simulator.baseUrl, '--report', folder];

it('is what npm runs', () => {
	expect(scripts.live).toBe('node scripts/setup.mjs && tsx live/cli.ts');
});

it('without --yes, it says what it would make and makes nothing', async () => {
	const { code, text } = await live([...here(), '--models', 'Qwen/Qwen-Image'], given());

	expect(code).toBe(0);
	expect(text).toContain('Together 5 images: CNY 1.50');
	expect(text).toContain('Nothing was made. Run again with --yes to make these images.');
	expect(simulator.generations).toStrictEqual([]);
	expect(readdirSync(folder)).toStrictEqual([]);
});

it('with --yes, it makes them and writes both reports', async () => {
	const options = ['--yes', '--models', 'Qwen/Qwen-Image', '--max-images', '2', '--keep-images'];
	const { code, text } = await live([...here(), ...options], given());

	expect(code).toBe(0);
	expect(text).toMatch(/\ndiffers from the contract: 1\n$/);
	expect(text).not.toContain(simulator.apiKey);
	expect(simulator.generations).toHaveLength(2);
	const [images, json, markdown] = readdirSync(folder).sort();
	expect(markdown).toBe(`${images}.md`);
	expect(readFileSync(join(folder, markdown), 'utf8')).toMatch(/^# The service against/);
	expect(JSON.parse(readFileSync(join(folder, json), 'utf8'))).toMatchObject({
		imagesMade: 1,
		cost: 'CNY 0.30',
	});
	expect(readdirSync(join(folder, images))).toStrictEqual(['Qwen-Qwen-Image-smallest-body-0.png']);
});

it('a reader that has left does not end it, because the images are paid for', async () => {
	const own = mkdtempSync(join(tmpdir(), 'live-'));
	const all = ['--import', 'tsx', join('live', 'cli.ts'), '--base-url', simulator.baseUrl];
	const options = ['--yes', '--models', 'Qwen/Qwen-Image', '--max-images', '6', '--report', own];
	const env = { ...process.env, ...given() };
	const child = spawn(process.execPath, [...all, ...options], { cwd: ROOT, env });
	child.stdout.once('data', () => child.stdout.destroy());
	const code = await new Promise((resolve) => child.once('exit', resolve));

	expect(code).toBe(0);
	expect(simulator.generations).toHaveLength(6);
	expect(readdirSync(own)).toHaveLength(2);
	rmSync(own, { recursive: true });
});

it('without a key, it says which variable is missing', async () => {
	const { code, text } = await live(['--yes', ...here()]);

	expect(code).toBe(1);
	expect(text).toBe(
		'Set SILICONFLOW_API_KEY to a key of the account that pays for the images.\nSee npm run live -- --help\n',
	);
	expect(simulator.requests).toStrictEqual([]);
});

it.each([
	[['--max-images', 'many'], '--max-images must be a whole number, not "many".'],
	[['--max-images', '-1'], "Option '--max-images' argument is ambiguous"],
	[['--base-url', 'here'], '--base-url must be an http(s) address, not "here".'],
	[['--money'], "Unknown option '--money'"],
])('refuses %j', (args, words) => {
	expect(() => readFlags(args)).toThrow(words);
});

it('takes the key as it was pasted, and a site that exists', () => {
	const env = { SILICONFLOW_API_KEY: ' Bearer sk-1\n' };

	expect(readEnvironment(env)).toStrictEqual({ site: 'cn', apiKey: 'sk-1' });
	expect(() => readEnvironment({ ...env, SILICONFLOW_REGION: 'us' })).toThrow(
		'SILICONFLOW_REGION must be cn or com, not "us".',
	);
});

it('--help names every option', async () => {
	const { code, text } = await live(['--help']);

	expect(code).toBe(0);
	const names = ['yes', 'models', 'max-images', 'limits', 'report', 'keep-images', 'base-url'];
	for (const name of names) expect(text).toContain(`\n  --${name} `);
});
