import type { IExecuteFunctions } from 'n8n-workflow';
import { RunImages } from '../../../nodes/SiliconFlowImage/execution/runImages';
import { WITHOUT_KEY } from '../../../nodes/SiliconFlowImage/contract/sanitize';

/** What n8n gives to a try of the step `step`; an agent's tool is given the data of the agent. */
const contextOf = (data: object | undefined, step = 'step') =>
	({
		getExecuteData: () => data,
		getNode: () => ({ id: step }),
	}) as unknown as IExecuteFunctions;

const dataOf = (id: string) => ({ node: { id } });

let keys = 0;
/** A run that was brought an image, and the key of the image. */
function runWithImage(context: IExecuteFunctions) {
	const key = { request: `request ${++keys}`, detail: '' };
	const link = { url: 'https://example.com/image.png', expiresAt: Date.now() + 3_600_000 };
	const run = new RunImages(context);
	run.record([{ image: { model: 'model', link }, key, hints: [] }]);
	return { run, key };
}

const takes = (run: RunImages, key: { request: string; detail: string }) =>
	run.take(key, 60_000) !== undefined;

describe('What a run returned', () => {
	it('is dropped when n8n calls the step once more with the same data', () => {
		const data = dataOf('step');
		const { run, key } = runWithImage(contextOf(data));
		run.handOut();
		const next = new RunImages(contextOf(data));

		expect([takes(next, key), takes(next, key)]).toEqual([true, false]);
	});

	it.each<[string, object | undefined]>([
		['with other data', dataOf('step')],
		['with none', undefined],
	])('is handed out when the next call comes %s', (_name, data) => {
		const { run, key } = runWithImage(contextOf(dataOf('step')));
		run.handOut();
		expect(takes(new RunImages(contextOf(data)), key)).toBe(false);
	});

	it('is handed out where the data is that of the agent, which all calls of its tools share', () => {
		const data = dataOf('agent');
		const { run, key } = runWithImage(contextOf(data, 'tool'));
		run.handOut();
		expect(takes(new RunImages(contextOf(data, 'tool')), key)).toBe(false);
	});

	it('is dropped once, however many tries follow', () => {
		const data = dataOf('step');
		const { run, key } = runWithImage(contextOf(data));
		run.handOut();
		const second = new RunImages(contextOf(data));
		takes(second, key);
		second.handOut();
		const third = new RunImages(contextOf(data));
		expect(takes(third, key)).toBe(true);
		third.leave();
		expect(takes(new RunImages(contextOf(undefined)), key)).toBe(true);
	});
});

it('What is left twice is given once', () => {
	const { run, key } = runWithImage(contextOf(undefined));
	run.leave();
	const next = new RunImages(contextOf(undefined));
	expect(takes(next, key)).toBe(true);
	run.leave();
	expect(takes(next, key)).toBe(false);
});

it('What is forgotten is neither told nor left', () => {
	const { run, key } = runWithImage(contextOf(undefined));
	run.leave();
	const next = new RunImages(contextOf(undefined));
	const kept = next.take(key, 60_000)!;
	expect([next.takenCount, next.paid(WITHOUT_KEY).count]).toEqual([1, 1]);
	next.forget(kept);
	expect([next.takenCount, next.paid(WITHOUT_KEY).count]).toEqual([0, 0]);
	next.leave();
	expect(takes(new RunImages(contextOf(undefined)), key)).toBe(false);
});

it('An image without a link or a key is told, and not left', () => {
	const run = new RunImages(contextOf(undefined));
	const link = { url: 'https://example.com/image.png', expiresAt: Date.now() + 3_600_000 };
	run.record([
		{ image: { model: 'model' }, key: { request: 'request', detail: '' }, hints: [] },
		{ image: { model: 'model', link }, hints: [] },
	]);
	expect(run.paid(WITHOUT_KEY)).toMatchObject({ count: 2, unlinked: 1, kept: 0 });
});

describe('What is told of the images that a later run can take', () => {
	const MINUTE = 60_000;
	/** A run with images whose links work for so many minutes. */
	function runWith(minutes: readonly number[]) {
		const run = new RunImages(contextOf(undefined));
		const key = { request: 'told', detail: '' };
		const expiresAt = (n: number) => Date.now() + n * MINUTE;
		const image = (n: number) => ({
			image: { model: 'model', link: { url: 'https://example.com', expiresAt: expiresAt(n) } },
			key,
			hints: [],
		});
		run.record(minutes.map(image));
		return run;
	}
	const toldOf = (run: RunImages, minLifeMs?: number) => {
		const { count, kept, keptMs } = run.paid(WITHOUT_KEY, minLifeMs);
		return [count, kept, Math.round(keptMs / MINUTE)];
	};

	it.each<[string, number[], number | undefined, number[]]>([
		['for how long all of them can be taken', [60, 20, 0.5], undefined, [3, 2, 19]],
		['where links must work for half an hour', [60, 50, 20], 30 * MINUTE, [3, 2, 20]],
		[
			'no more than are kept of a run',
			Array<number>(2_100).fill(40),
			undefined,
			[2_100, 2_000, 39],
		],
	])('%s', (_name, minutes, minLifeMs, expected) => {
		expect(toldOf(runWith(minutes), minLifeMs)).toStrictEqual(expected);
	});
});

describe('The tries of Retry On Fail', () => {
	it.each([
		[1, 3, undefined],
		[3, 0, undefined],
		[
			2,
			1,
			"'Retry On Fail' has run this step 2 times, and 1 request ended without a clear outcome. It may have been billed.",
		],
		[
			3,
			4,
			"'Retry On Fail' has run this step 3 times, and 4 requests in all ended without a clear outcome. Each of them may have been billed.",
		],
	])('%i tries, %i unclear requests', (count, unclear, expected) => {
		const data = dataOf('step');
		const tries = Array.from({ length: count }, () => new RunImages(contextOf(data)));
		for (let n = 0; n < unclear; n++) tries[n % count].noteUnclear();
		expect(tries[count - 1].triesWarning).toBe(expected);
	});
});
