/* eslint-disable @n8n/community-nodes/no-restricted-globals */
import fc from 'fast-check';
import { failures, type LoggedRequest } from '../../simulator';
import { openWorkbench, type Outcome, type Workbench } from '../support/workbench';

/**
 * Random runs of one step: with refused items, dead links, stops and tries, one after the other and at
 * the same time. No image is handed out twice, and none is paid for while one like it can be taken.
 */

let bench: Workbench;
beforeEach(async () => {
	bench = await openWorkbench({ simulator: { latencyMs: 15 } });
});
afterEach(async () => await bench.close());

/** A stop may overtake the replies of so many. */
const REQUESTS_AT_ONCE = 2;

const PROMPTS = ['fox', 'wolf'];

/** One execution of the step. */
interface Execution {
	/** The prompt of each item, and how many images it asks for. */
	readonly items: ReadonlyArray<{ readonly prompt: string; readonly n: number }>;
	readonly continues: boolean;
	readonly retries: boolean;
	/** Refuses the request that comes as such a number, from 1. */
	readonly refuses?: number;
	/** Stops the execution when so many requests have come. */
	readonly stopsAt?: number;
	/** The links that the store of images forgets: every so many-th that is asked for. */
	readonly forgets?: number;
}

/** Mostly nothing: so many times as often as something. */
const rarely = <T>(weight: number, something: fc.Arbitrary<T>) =>
	fc.oneof({ weight, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: something });

const execution: fc.Arbitrary<Execution> = fc.record({
	items: fc.array(
		fc.record({ prompt: fc.constantFrom(...PROMPTS), n: fc.integer({ min: 1, max: 3 }) }),
		{ minLength: 1, maxLength: 3 },
	),
	continues: fc.boolean(),
	retries: fc.boolean(),
	refuses: rarely(1, fc.integer({ min: 1, max: 6 })),
	stopsAt: rarely(5, fc.integer({ min: 1, max: 6 })),
	forgets: rarely(5, fc.integer({ min: 1, max: 4 })),
});

/** Executions that run one after the other, or at the same time. */
const sequence = fc.array(fc.array(execution, { minLength: 1, maxLength: 2 }), {
	minLength: 1,
	maxLength: 4,
});

const targetOf = (link: string) => link.slice(bench.simulator.origin.length);
const promptOf = ({ body }: LoggedRequest) => (body as { prompt: string }).prompt;

/** What has become of all links so far. */
class Ledger {
	readonly handedOut: string[] = [];

	readonly dead = new Set<string>();

	add({ status, items }: Outcome): void {
		if (status !== 'success') return;
		for (const { json } of items) if (typeof json.url === 'string') this.handedOut.push(json.url);
	}

	/** How many images executions want that are not there to be taken, and how many were made so far. */
	missing(executions: readonly Execution[]) {
		const items = executions.flatMap((one) => one.items);
		const images = [...new Set(items.map(({ prompt }) => prompt))].map((prompt) => {
			const all = items.filter((item) => item.prompt === prompt);
			const wanted = all.reduce((sum, { n }) => sum + n, 0);
			return Math.max(0, wanted - this.left(prompt).length);
		});
		return {
			images: images.reduce((sum, each) => sum + each, 0),
			madeBefore: bench.simulator.imagesMade,
		};
	}

	/** The images for a prompt that can be taken. */
	left(prompt: string): string[] {
		return bench.simulator.generations
			.filter((request) => !request.aborted && promptOf(request) === prompt)
			.flatMap(({ images = [] }) => images)
			.filter((link) => !this.handedOut.includes(link) && !this.dead.has(targetOf(link)));
	}
}

async function run({ items, continues, retries, stopsAt }: Execution): Promise<Outcome> {
	const { simulator } = bench;
	return await bench.step(
		{
			prompt: '={{ $json.prompt }}',
			model: 'Qwen/Qwen-Image',
			numberOfImages: '={{ $json.n }}',
			executionOptions: { concurrency: REQUESTS_AT_ONCE },
		},
		{
			workflowId: 'again and again',
			items: items.map((json) => ({ json: { ...json } })),
			onError: continues ? 'continueRegularOutput' : undefined,
			retryOnFail: retries,
			onStart: (cancel) => {
				if (stopsAt === undefined) return;
				const before = simulator.generations.length;
				const watch = setInterval(() => {
					if (simulator.generations.length < before + stopsAt) return;
					clearInterval(watch);
					cancel();
				}, 2).unref();
			},
		},
	);
}

/** What goes wrong in the executions that run now. */
let faults = { refuses: [] as number[], forgets: [] as number[], sent: 0, asked: 0 };

function setFaults(executions: readonly Execution[]): void {
	faults = {
		refuses: executions.flatMap((one) => one.refuses ?? []),
		forgets: executions.flatMap((one) => one.forgets ?? []),
		sent: 0,
		asked: 0,
	};
}

function install({ dead }: Ledger): void {
	const { simulator } = bench;
	simulator.reset();
	simulator.fault({
		...failures.moderated,
		times: Infinity,
		when: () => faults.refuses.includes(++faults.sent),
	});
	simulator.fault({
		on: 'image',
		// One that is not waited for, as a 404 of a fresh link is.
		status: 410,
		body: '',
		times: Infinity,
		when: ({ url }) => {
			if (faults.forgets.includes(++faults.asked)) dead.add(url);
			return dead.has(url);
		},
	});
}

it('hand out each image once, and pay for none that was there', async () => {
	let drawn = 0;
	let rounds = 0;
	const property = fc.asyncProperty(sequence, async (sequenceOfRuns) => {
		const round = ++rounds;
		// The images of another round are no concern of this one.
		const named = ({ items, ...rest }: Execution) => ({
			...rest,
			items: items.map(({ prompt, n }) => ({ prompt: `${prompt} ${round}`, n })),
		});
		const ledger = new Ledger();
		install(ledger);
		let isCalm = true;
		for (const atOnce of sequenceOfRuns) {
			setFaults(atOnce);
			isCalm &&= atOnce.every(({ stopsAt }) => stopsAt === undefined);
			const wanted = ledger.missing(atOnce.map(named));
			const outcomes = await Promise.all(atOnce.map(async (one) => await run(named(one))));
			outcomes.forEach((outcome) => ledger.add(outcome));
			// However many tries it took, only what was not there is paid for.
			const billed = bench.simulator.imagesMade - wanted.madeBefore;
			if (isCalm && ledger.dead.size === 0) expect(billed).toBeLessThanOrEqual(wanted.images);
		}
		// Whoever asks for exactly what is left gets it, and pays for no more than what is dead.
		setFaults([]);
		const stops = sequenceOfRuns.flat().filter(({ stopsAt }) => stopsAt !== undefined).length;
		const lost = ledger.dead.size + REQUESTS_AT_ONCE * stops;
		const before = bench.simulator.generations.length;
		const items = PROMPTS.map((prompt) => `${prompt} ${round}`).flatMap((prompt) => {
			const n = ledger.left(prompt).length;
			return n > 0 ? [{ prompt, n }] : [];
		});
		if (items.length > 0) {
			const rest = await run({ items, continues: false, retries: false });
			expect(rest.status).toBe('success');
			expect(rest.items).toHaveLength(items.reduce((sum, { n }) => sum + n, 0));
			ledger.add(rest);
			drawn += rest.items.length;
		}
		expect(bench.simulator.generations.length - before).toBeLessThanOrEqual(lost);
		expect(new Set(ledger.handedOut).size).toBe(ledger.handedOut.length);
	});
	// Two that show whether anything is taken at all come first: by the next run, and by the next try.
	const items = [{ prompt: 'fox', n: 3 }];
	const refused = { items, continues: false, retries: false, refuses: 3 };
	const first = [refused, { ...refused, retries: true }].map((one) => [[[one]]]);
	await fc.assert(property, {
		numRuns: 14,
		examples: first as unknown as Array<[Execution[][]]>,
	});
	expect(drawn).toBeGreaterThan(0);
}, 240_000);
