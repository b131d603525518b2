import { MODELS, type Site } from '../../nodes/SiliconFlowImage/contract/models';
import type { Clock } from '../../live/clock';
import { describePlan, imageToEdit } from '../../live/cli';
import { differencesOf, jsonReport, markdownReport, verdict } from '../../live/report';
import { makePlan, runPlan, type PlanOptions } from '../../live/run';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../simulator';

/** `npm run live` against the simulator: what it asks, what it notices, and what it never does. */

/** Of the account. */
const KEY = 'sk-live-test';
const NEW_MODEL = (kinds = 'text-to-image, image-to-image') =>
	`The account lists Acme/Tomorrow-1 (${kinds}), which is not in the table`;

let simulator: Simulator;
afterEach(async () => {
	jest.restoreAllMocks();
	await simulator.close();
});

async function start(options: SimulatorOptions = {}): Promise<void> {
	simulator = await startSimulator({ apiKey: KEY, blockSize: 64, ...options });
}

/** The time of day, for the simulator as well, with waits that take no time. */
function shiftedClock(): Clock & { waited: number } {
	const real = Date.now;
	const clock = {
		waited: 0,
		now: () => real() + clock.waited,
		wait: async (milliseconds: number) => {
			clock.waited += milliseconds;
		},
	};
	jest.spyOn(Date, 'now').mockImplementation(clock.now);
	return clock;
}

async function run(site: Site, options: Partial<PlanOptions> = {}) {
	const plan = await makePlan({
		site,
		account: { baseUrl: simulator.baseUrl, apiKey: KEY },
		models: [],
		maxImages: Infinity,
		limits: false,
		inputImage: imageToEdit(),
		...options,
	});
	const { signal } = new AbortController();
	const lines: string[] = [];
	const log = (line: string) => lines.push(line);
	const findings = await runPlan(plan, { clock: shiftedClock(), signal, log });
	const about = { version: '1.0.0', began: 'began', ended: 'ended', node: 'v20' };
	const markdown = markdownReport(plan, findings, about);
	const json = jsonReport(plan, findings, about);
	return { plan, findings, lines, markdown, json };
}

const textsOf = (findings: Parameters<typeof differencesOf>[0]) =>
	differencesOf(findings).map(({ text }) => text);

describe.each(['cn', 'com'] as const)('Against the simulated site %s', (site) => {
	it('the only difference is the model that the table does not have', async () => {
		await start({ site });
		const { plan, findings, markdown, json } = await run(site);

		expect(textsOf(findings)).toStrictEqual([NEW_MODEL()]);
		expect(findings.results.flatMap(({ unanswered }) => unanswered ?? [])).toStrictEqual([]);
		expect(markdown.endsWith('differs from the contract: 1\n')).toBe(true);

		const asked = new Set(findings.results.map(({ check }) => check.model));
		expect(asked).toStrictEqual(
			new Set(MODELS.filter((row) => row.site === site).map(({ id }) => id)),
		);
		// Each request was sent once, and made as many images as the plan said.
		expect(simulator.generations).toHaveLength(plan.checks.length);
		const expected = plan.checks.filter((check) => check.expected.kind === 'images');
		const made = expected.reduce((sum, { images }) => sum + images, 0);
		expect(simulator.imagesMade).toBe(made);
		expect(findings.imagesMade).toBe(made);

		for (const report of [markdown, json]) {
			expect(report).not.toContain(KEY);
			expect(report).not.toContain('base64,');
			expect(report).not.toMatch(/X-Amz-|sc-maas/);
		}
		expect(JSON.parse(json)).toMatchObject({ site, imagesMade: made, isPartial: false });

		// With its smallest body, and with every field of its row.
		const bodies = simulator.generations.map(({ body }) => body as Record<string, unknown>);
		for (const row of MODELS.filter((each) => each.site === site)) {
			const fields = bodies
				.filter(({ model }) => model === row.id)
				.map((body) => Object.keys(body).filter((name) => name in row.fields));
			const required = Object.values(row.fields).filter((rule) => rule.required !== undefined);
			expect(Math.min(...fields.map((names) => names.length))).toBe(required.length);
			expect(Math.max(...fields.map((names) => names.length))).toBe(Object.keys(row.fields).length);
		}
	});
});

it('A service that differs in five places is found out in five lines', async () => {
	await start({ batchSize: 'ignored', linkLifetimeMs: 600_000 });
	const ids = MODELS.filter(({ site }) => site === 'cn').map(({ id }) => id);
	const data = ids.filter((id) => id !== 'Tongyi-MAI/Z-Image').map((id) => ({ id }));
	simulator.fault({ on: 'models', times: 2, body: { object: 'list', data } });
	simulator.fault({
		times: Infinity,
		when: ({ body }) => (body as { image_size?: string }).image_size === '1280x960',
		status: 400,
		body: { code: 20026, message: 'Not this size.', data: null },
	});
	simulator.fault({ times: Infinity, transformReply: (reply) => ({ ...reply, usage: 3 }) });

	const { findings, markdown } = await run('cn');

	expect(textsOf(findings)).toStrictEqual([
		'The account does not list Tongyi-MAI/Z-Image, which is in the table',
		'The service has the unknown field usage in its replies',
		'The service signs links for 600 s instead of 3600 s',
		'The service makes 1 of 2 images',
		'The service answers 400, code 20026 (Not this size.) instead of an image',
	]);
	expect(markdown).toContain(
		'\n4. The service makes 1 of 2 images (Kwai-Kolors/Kolors, batch_size 2).\n',
	);
	expect(markdown).toContain(
		'\n1. Does batch_size still bring several images?\n   - Kwai-Kolors/Kolors: image/png 1024x1024, ',
	);
	expect(markdown.endsWith('\n\ndiffers from the contract: 5\n')).toBe(true);
});

describe('What may be billed', () => {
	it.each([
		['a cut connection', { cut: 'before-headers' }, /may have been made and billed/],
		['a broken reply', { cut: 'mid-body' }, /may have been made and billed/],
		[
			'a gateway timeout',
			{ status: 504, body: '"Gateway Timeout"' },
			/busy: 504 \(Gateway Timeout\); an image may have been made and billed/,
		],
	] as const)('is not asked for again after %s', async (_, fault, why) => {
		await start();
		simulator.fault(fault);
		const { findings, plan, markdown } = await run('cn', { models: ['Qwen/Qwen-Image'] });

		expect(findings.results[0].unanswered).toMatch(why);
		expect(findings.results[0].differences).toStrictEqual([]);
		expect(markdown).toMatch(/## No answer\n\n1\. Qwen\/Qwen-Image, smallest body: /);
		expect(simulator.generations).toHaveLength(plan.checks.length);
	});

	it('is asked for again after a rejection, when the limit lets it in', async () => {
		await start({ limit: { images: 2, perMs: 60_000 } });
		const { findings } = await run('cn', { models: ['Kwai-Kolors/Kolors'], maxImages: 9 });

		expect(textsOf(findings)).toStrictEqual([NEW_MODEL()]);
		expect(findings.results.flatMap(({ unanswered }) => unanswered ?? [])).toStrictEqual([]);
		const rejections = findings.results.reduce((sum, result) => sum + result.rejections, 0);
		const rejected = simulator.generations.filter(({ status }) => status === 429);
		expect(rejections).toBeGreaterThan(0);
		expect(rejected).toHaveLength(rejections);
	});

	it('is limited by --max-images, whatever the service does with what it should refuse', async () => {
		await start();
		simulator.fault({ on: 'models', times: 2, body: { data: [{ id: 'Kwai-Kolors/Kolors' }] } });
		const { plan, markdown } = await run('cn', { maxImages: 3 });

		expect(plan.checks.reduce((sum, { images }) => sum + images, 0)).toBe(3);
		expect(simulator.generations).toHaveLength(3);
		expect(simulator.imagesMade).toBeLessThanOrEqual(3);
		expect(markdown).toContain('## Left out by --max-images');
	});

	it('is said before, with what it costs', async () => {
		await start();
		const { plan } = await run('cn', {
			models: ['Kwai-Kolors/Kolors', 'Qwen/Qwen-Image', 'Acme/Tomorrow-1'],
		});

		expect(describePlan(plan)).toBe(
			`${simulator.baseUrl}: 20 requests to 3 models.
  Kwai-Kolors/Kolors: 10 images, nothing
  Qwen/Qwen-Image: 3 images, CNY 0.90
  Acme/Tomorrow-1: 1 image, price unknown
Together 14 images: CNY 0.90, and 1 image at an unknown price.
If the service makes images where it should refuse, up to 21 images: CNY 1.20, and 1 image at an unknown price.
Prices: as stated publicly in November 2026; what counts is the bill of the account.
It takes about 8 min with 2 images a minute for each model.`,
		);
	});
});

it('A refusal that is about the account ends what is asked of the model, and is no difference', async () => {
	await start();
	const body = { code: 30001, message: 'Sorry, your account balance is insufficient', data: null };
	simulator.fault({ times: Infinity, status: 403, body });
	const { findings, plan } = await run('cn', { models: ['Qwen/Qwen-Image', 'Tongyi-MAI/Z-Image'] });

	expect(textsOf(findings)).toStrictEqual([NEW_MODEL()]);
	expect(simulator.generations).toHaveLength(2);
	expect(findings.results).toHaveLength(plan.checks.length);
	expect(findings.results[0].unanswered).toBe(
		'the account may not: 403, code 30001 (Sorry, your account balance is insufficient)',
	);
});

it('A key or a link in the words of the service does not reach the report', async () => {
	await start();
	const message = `Key ${KEY} is fine, see https://s3.example.com/a.png?X-Amz-Signature=1`;
	simulator.fault({ status: 400, body: { code: 1, message, data: null } });
	const { markdown, json } = await run('cn', { models: ['Qwen/Qwen-Image'] });

	for (const report of [markdown, json]) {
		expect(report).toContain('Key *** is fine, see https://s3.example.com/...');
		expect(report).not.toMatch(/X-Amz-Signature|sk-live-test/);
	}
});

it('A wrong key is refused before anything is asked', async () => {
	await start({ apiKey: 'sk-another' });

	await expect(run('cn')).rejects.toThrow(
		`${simulator.baseUrl}/models answers 401 (Invalid token). Check SILICONFLOW_API_KEY, and that SILICONFLOW_REGION is the site of the key.`,
	);
	expect(simulator.generations).toStrictEqual([]);
});

it('A run that is ended asks nothing more, and still has its report', async () => {
	await start();
	const account = { baseUrl: simulator.baseUrl, apiKey: KEY };
	const plan = await makePlan({
		...{ site: 'cn', account, models: [], maxImages: 9, limits: true, inputImage: imageToEdit() },
	});
	const stop = new AbortController();
	const log = () => stop.abort();
	const findings = await runPlan(plan, { clock: shiftedClock(), signal: stop.signal, log });

	expect(simulator.generations).toHaveLength(1);
	expect(findings).toMatchObject({ isPartial: true, imagesMade: 1, limits: undefined });
	const about = { version: '1.0.0', began: 'began', ended: 'ended', node: 'v20' };
	expect(markdownReport(plan, findings, about)).toMatch(
		/began to ended, ended early\n[^]*\n- 1 of 9 requests; 1 image made: nothing\n/,
	);
	expect(verdict(findings)).toBe('differs from the contract: 1');
});
