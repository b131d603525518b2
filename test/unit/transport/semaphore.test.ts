/* eslint-disable @n8n/community-nodes/no-restricted-globals */
import { Semaphore } from '../../../nodes/SiliconFlowImage/transport/semaphore';

/** Work that ends when it is told to, and what is known of it. */
function stage(slots: number) {
	const semaphore = new Semaphore(slots);
	const started: number[] = [];
	const ends: Array<{ resolve: () => void; reject: (error: Error) => void }> = [];
	const use = async (n: number) =>
		await semaphore.use(async () => {
			started.push(n);
			await new Promise<void>((resolve, reject) => (ends[n] = { resolve, reject }));
			return n;
		});
	return { use, started, ends };
}

/** Lets everything that can go on go on. */
const settle = async () => await new Promise((resolve) => setImmediate(resolve));

it.each([
	[1, 5, [0]],
	[2, 5, [0, 1]],
	[3, 5, [0, 1, 2]],
	[5, 5, [0, 1, 2, 3, 4]],
	[8, 5, [0, 1, 2, 3, 4]],
])('With %i slots, of %i at once these begin: %j', async (slots, jobs, expected) => {
	const { use, started } = stage(slots);
	for (let n = 0; n < jobs; n++) void use(n);
	await settle();

	expect(started).toStrictEqual(expected);
});

it('Each end lets in one, who came first goes first', async () => {
	const { use, started, ends } = stage(2);
	for (let n = 0; n < 5; n++) void use(n);
	await settle();
	const seen = [];
	for (const n of [1, 0, 2]) {
		ends[n].resolve();
		await settle();
		seen.push([...started]);
	}

	expect(seen).toStrictEqual([
		[0, 1, 2],
		[0, 1, 2, 3],
		[0, 1, 2, 3, 4],
	]);
});

it('Nobody overtakes the one whom a slot was handed to', async () => {
	const { use, started, ends } = stage(1);
	const first = use(0);
	void use(1);
	await settle();
	ends[0].resolve();
	await first;
	void use(2);
	await settle();

	expect(started).toStrictEqual([0, 1]);
});

it('Semaphore that were let go can be taken again, and not more of them', async () => {
	const { use, started, ends } = stage(2);
	const jobs = [0, 1, 2].map(use);
	for (let n = 0; n < 3; n++) {
		await settle();
		ends[n].resolve();
	}
	await Promise.all(jobs);
	for (let n = 3; n < 7; n++) void use(n);
	await settle();

	expect(started).toStrictEqual([0, 1, 2, 3, 4]);
});

it('What the work gives is handed on', async () => {
	expect(await new Semaphore(1).use(async () => 'an image')).toBe('an image');
});

it('Work that fails lets its slot go, and fails for its caller alone', async () => {
	const { use, started, ends } = stage(1);
	const failing = use(0);
	const next = use(1);
	await settle();
	const error = new Error('no');
	ends[0].reject(error);

	await expect(failing).rejects.toBe(error);
	await settle();
	expect(started).toStrictEqual([0, 1]);
	ends[1].resolve();
	expect(await next).toBe(1);
});

it('Work that throws before its first wait lets its slot go too', async () => {
	const semaphore = new Semaphore(1);
	const throwing = semaphore.use(() => {
		throw new Error('at once');
	});

	await expect(throwing).rejects.toThrow('at once');
	expect(await semaphore.use(async () => 1)).toBe(1);
});
