import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeParameters,
	type NodeApiError,
} from 'n8n-workflow';
import { openWorkbench, type Workbench } from '../support/workbench';

/** The API key is in nothing that a run produces, in whichever form a gateway repeats it. */

const KEY = 'sk/simulator+"0000"==';
const FORMS = [
	['as it is', KEY],
	['as in JSON', JSON.stringify(KEY).slice(1, -1)],
	['as PHP writes JSON', JSON.stringify(KEY).slice(1, -1).replaceAll('/', '\\/')],
	['as in a URL', encodeURIComponent(KEY)],
] as const;

describe('A gateway repeats', () => {
	let bench: Workbench;
	beforeAll(async () => {
		bench = await openWorkbench({ simulator: { apiKey: KEY } });
	});
	afterEach(() => bench.simulator.reset());
	afterAll(async () => await bench.close());

	describe.each(FORMS)('the key %s', (_name, key) => {
		it.each([
			['in a refusal', 400, `Key ${key}`],
			['in a refusal of JSON', 400, `{"message":"Key ${key}"`],
			['where a refusal is cut', 400, `${'x'.repeat(490)} ${key}`],
			['in a reply without an image', 200, `Key ${key}`],
			['where such a reply is cut', 200, `${'x'.repeat(190)} ${key}`],
		])('%s', async (_place, status, body) => {
			bench.simulator.fault({ status, body });
			const { error } = await bench.step({ prompt: 'a fox' });

			const text = `${error?.message} ${error?.description}`;
			expect(text).toContain('***');
			for (const part of ['simulator', '0000']) expect(text).not.toContain(part);
		});

		it('in the trace id', async () => {
			const headers = { 'x-siliconcloud-trace-id': `ti_${key}${'x'.repeat(500)}` };
			bench.simulator.fault({ transformReply: (reply: unknown) => reply, headers });
			const { items } = await bench.step({ prompt: 'a fox' });

			expect(items[0].json.traceId).toMatch(/^ti_\*\*\*x{94}$/);
		});
	});
});

/** Whoever runs a gateway may have chosen a word, which then is part of every link. */
describe.each(['test', 'image', 'simulator-0001'])('With the key %s of a gateway', (key) => {
	let bench: Workbench;
	let link: string;
	beforeAll(async () => {
		bench = await openWorkbench({ simulator: { apiKey: key } });
	});
	beforeEach(() => {
		link = '';
		bench.simulator.fault({
			transformReply: (reply: { images: Array<{ url: string }> }) => {
				link = `${reply.images[0].url}#${key}`;
				return { ...reply, images: [{ url: link }] };
			},
		});
	});
	afterEach(() => bench.simulator.reset());
	afterAll(async () => await bench.close());

	/** Not by the workbench, because it would find such a key wherever a link stands. */
	async function run(options: INodeParameters) {
		const common = { typeVersion: 1, position: [0, 0] as [number, number] };
		const result = await bench.engine.run({
			nodes: [
				{ ...common, id: '1', name: 'A', type: 'n8n-nodes-base.manualTrigger', parameters: {} },
				{
					...common,
					id: '2',
					name: 'B',
					type: 'n8n-nodes-siliconflow-image.siliconFlowImage',
					parameters: { prompt: 'a fox', options },
					credentials: { siliconFlowImageApi: { id: '1', name: 'SiliconFlow' } },
				},
			],
			connections: { A: { main: [[{ node: 'B', type: NodeConnectionTypes.Main, index: 0 }]] } },
		});
		return {
			items: bench.engine.itemsOf(result, 'B'),
			error: result.data.resultData.error as NodeApiError | undefined,
		};
	}

	it.each([true, false])(
		'the link of an image leads to it: Download Images %s',
		async (download) => {
			const { items } = await run({ download });

			expect(items[0].json.url).toBe(link);
			expect((await fetch(link)).status).toBe(200);
		},
	);

	it('so does the one that is told when it is not downloaded', async () => {
		bench.simulator.fault({ on: 'image', status: 410, body: '' });
		const { error } = await run({});

		expect(error?.context.data).toMatchObject({ images: [{ url: link }] });
	});
});

/** Without these tests, the search after every run could look at nothing. */
describe('The search after every run finds', () => {
	it.each([
		['an API key', 'Bearer sk-simulator-0000', 'The API key is in a log line'],
		['an escape sequence', 'a \u001b[31m', 'A text for people has "\\u001b"'],
	])('%s in the log of a step', async (_name, line, found) => {
		const bench = await openWorkbench();
		const onTrigger = ({ logger }: IExecuteFunctions) => logger.debug(line);
		try {
			await expect(bench.step({ prompt: 'a fox' }, { onTrigger })).rejects.toThrow(found);
		} finally {
			await bench.close();
		}
	});

	it('an API key after hundreds of other lines', async () => {
		const bench = await openWorkbench();
		const onTrigger = ({ logger }: IExecuteFunctions) => {
			for (let i = 0; i < 300; i++) logger.debug(`line ${i}`);
			logger.debug(`Bearer ${bench.simulator.apiKey}`);
		};
		try {
			await expect(bench.step({ prompt: 'a fox' }, { onTrigger })).rejects.toThrow(
				'The API key is in a log line',
			);
		} finally {
			await bench.close();
		}
	});

	it('an API key in the last of many items', async () => {
		const bench = await openWorkbench();
		const { apiKey } = bench.simulator;
		const items = Array.from({ length: 110 }, (_, i) => ({
			json: { note: i === 109 ? apiKey : '' },
		}));
		try {
			await expect(
				bench.step(
					{ prompt: 'a fox', model: 'no such model' },
					{ items, onError: 'continueRegularOutput' },
				),
			).rejects.toThrow('The API key is in the data of the run');
		} finally {
			await bench.close();
		}
	});
});
