import { Sanitizer, WITHOUT_KEY } from '../../../nodes/SiliconFlowImage/contract/sanitize';
import { ModelState, ModelStates } from '../../../nodes/SiliconFlowImage/execution/fallback';
import type { RequestEnd } from '../../../nodes/SiliconFlowImage/execution/generateImages';
import type { GaveUp } from '../../../nodes/SiliconFlowImage/transport/giveUp';
import type { Reply } from '../../../nodes/SiliconFlowImage/transport/postImages';
import type { Clock } from '../../../nodes/SiliconFlowImage/transport/wait';
import { replyOf } from '../../support/queueStage';

const answer = (outcome: Extract<RequestEnd, { kind: 'answer' }>['outcome']): RequestEnd => ({
	kind: 'answer',
	outcome,
});
const gaveUp = (reason: GaveUp['reason'], reply: Reply = replyOf(429, '')): RequestEnd => ({
	kind: 'gaveUp',
	reason,
	reply,
	totals: { rejections: 12, milliseconds: 900_000 },
	askedMs: 36_000_000,
});
const DISABLED = answer(replyOf(403, '{"code":30003,"message":"Model disabled. "}'));
const UNREACHABLE = answer({ kind: 'unreachable', code: 'ECONNREFUSED' });

describe('Which ends pass a request on to another model', () => {
	it.each<[string, RequestEnd, string]>([
		['a disabled model', DISABLED, 'HTTP 403, code 30003: Model disabled'],
		[
			'an unknown model',
			answer(replyOf(400, '{"code":20012,"message":"Model does not exist."}')),
			'HTTP 400, code 20012: Model does not exist',
		],
		['a model that is gone', answer(replyOf(410, '')), 'HTTP 410'],
		['a model that is not found', answer(replyOf(404, 'no such model')), 'HTTP 404: no such model'],
		['the daily limit', gaveUp('dailyLimit'), 'the daily limit of the account is used up'],
		['too long a wait', gaveUp('retryAfter'), 'SiliconFlow asks to wait 10 h'],
		['Give Up After', gaveUp('deadline'), 'SiliconFlow accepted no image in 15 min'],
		['no wait', gaveUp('noWait', replyOf(503, '"Too busy."')), 'HTTP 503: Too busy'],
	])('%s', (_name, end, reason) => {
		const state = new ModelState();

		expect(state.passesOn(end, WITHOUT_KEY)).toBe(true);
		expect(state.unavailable).toBe(reason);
	});

	it.each<[string, RequestEnd]>([
		['a success', answer(replyOf(200, '{"images":[]}'))],
		['a refused key', answer(replyOf(401, '"Invalid token"'))],
		['a balance that is used up', answer(replyOf(402, '{"code":30001,"message":"No balance"}'))],
		['a refused prompt', answer(replyOf(451, '{"code":20021,"message":"Refused"}'))],
		['a wrong address', answer(replyOf(404, '404 page not found'))],
		['a broken service', answer(replyOf(500, 'the model crashed'))],
		['no connection', UNREACHABLE],
		['a cut connection', answer({ kind: 'cut', code: 'ECONNRESET' })],
		['a timeout', answer({ kind: 'timeout' })],
		['a cancel', answer({ kind: 'cancelled' })],
		['a request that did not leave', { kind: 'notSent' }],
		['an exception', { kind: 'thrown', thrown: new Error('model not found') }],
	])('not %s', (_name, end) => {
		const state = new ModelState();

		expect(state.passesOn(end, WITHOUT_KEY)).toBe(false);
		expect(state.unavailable).toBeUndefined();
	});

	it('nor one that may have been processed, once the model is not available', () => {
		const state = new ModelState();
		state.passesOn(DISABLED, WITHOUT_KEY);

		expect(state.passesOn(answer({ kind: 'timeout' }), WITHOUT_KEY)).toBe(false);
		expect(state.passesOn(answer(replyOf(500, '')), WITHOUT_KEY)).toBe(false);
	});

	it('but one without a connection, which waited to be sent once more', () => {
		const state = new ModelState();
		state.passesOn(DISABLED, WITHOUT_KEY);

		expect(state.passesOn(UNREACHABLE, WITHOUT_KEY)).toBe(true);
	});

	it('The first reason counts, so that it is said once', () => {
		const state = new ModelState();
		for (const end of [DISABLED, gaveUp('deadline')]) state.passesOn(end, WITHOUT_KEY);

		expect(state.unavailable).toBe('HTTP 403, code 30003: Model disabled');
	});

	it('A reason is short, and holds no key', () => {
		const state = new ModelState();
		const message = `Model of sk-secret disabled. ${'Really. '.repeat(100)}`;
		const end = answer(replyOf(403, JSON.stringify({ code: 30003, message })));
		state.passesOn(end, new Sanitizer('sk-secret'));

		expect(state.unavailable).toMatch(/^HTTP 403, code 30003: Model of \*\*\* disabled\. Really/);
		expect(state.unavailable?.length).toBeLessThanOrEqual(200);
	});
});

describe('What an execution remembers', () => {
	const access = { baseUrl: 'https://api.siliconflow.cn/v1', keyHash: 'a' };
	const MODEL = 'Qwen/Qwen-Image';
	const HOUR_MS = 3_600_000;

	function stage() {
		let now = 0;
		const clock: Clock = { now: () => now, timeOfDay: () => now, sleep: async () => {} };
		const states = new ModelStates(clock);
		return { states, pass: (milliseconds: number) => (now += milliseconds) };
	}
	/** What n8n hands to a try of a step. */
	const context = (executionId: unknown, data: object = {}) =>
		({ getExecutionId: () => executionId, getExecuteData: () => data }) as never;

	it('is the same for every step and try of it', () => {
		const { states } = stage();
		const state = states.of(context('7'), access, MODEL);

		expect(states.of(context('7'), { ...access }, MODEL)).toBe(state);
	});

	it.each<[string, unknown, typeof access, string]>([
		['execution', '8', access, MODEL],
		['account', '7', { ...access, keyHash: 'b' }, MODEL],
		['site', '7', { ...access, baseUrl: 'https://api.siliconflow.com/v1' }, MODEL],
		['model', '7', access, 'Kwai-Kolors/Kolors'],
	])('is nothing that another %s knows', (_name, id, otherAccess, model) => {
		const { states } = stage();
		const state = states.of(context('7'), access, MODEL);

		expect(states.of(context(id), otherAccess, model)).not.toBe(state);
	});

	it.each([undefined, null, '', '__UNKNOWN__'])(
		'goes by the data of the step where the ID of the execution is %j',
		(id) => {
			const { states } = stage();
			const [data, other] = [{}, {}];
			const state = states.of(context(id, data), access, MODEL);

			expect(states.of(context(id, data), access, MODEL)).toBe(state);
			expect(states.of(context(id, other), access, MODEL)).not.toBe(state);
		},
	);

	it('is kept for a day', () => {
		const { states, pass } = stage();
		const state = states.of(context('7'), access, MODEL);
		pass(23 * HOUR_MS);
		expect(states.of(context('7'), access, MODEL)).toBe(state);

		pass(HOUR_MS);
		expect(states.of(context('7'), access, MODEL)).not.toBe(state);
	});

	it('is bounded: the thousand that were used last are kept', () => {
		const { states } = stage();
		const first = states.of(context('0'), access, MODEL);
		const second = states.of(context('1'), access, MODEL);
		for (let n = 2; n < 1000; n++) states.of(context(String(n)), access, MODEL);
		expect(states.of(context('0'), access, MODEL)).toBe(first);

		states.of(context('1000'), access, MODEL);
		expect(states.of(context('0'), access, MODEL)).toBe(first);
		expect(states.of(context('1'), access, MODEL)).not.toBe(second);
	});
});
