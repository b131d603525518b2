/* eslint-disable @n8n/community-nodes/no-restricted-globals */
import { VirtualClock } from '../../../harness/simulatedTime/virtualClock';
import {
	UnclaimedImages,
	type KeptImage,
} from '../../../nodes/SiliconFlowImage/execution/unclaimedImages';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A store with time in the test's hands, and what it waits for. */
function stage() {
	const clock = new VirtualClock();
	const waits: Array<{ at: number; call: () => void }> = [];
	const store = new UnclaimedImages(clock, (milliseconds, call) => {
		waits.push({ at: clock.now() + milliseconds, call });
	});
	const pass = async (milliseconds: number) => {
		await clock.run(clock.sleep(milliseconds));
		for (const wait of [...waits]) {
			if (wait.at > clock.now()) continue;
			waits.splice(waits.indexOf(wait), 1);
			wait.call();
		}
	};
	const image = (
		name: string,
		given: Partial<Record<'request' | 'detail', string>> = {},
		life = HOUR,
	) => {
		const { request = 'request', detail = '' } = given;
		return {
			key: { request, detail },
			image: {
				model: 'model',
				link: { url: `https://example.com/${name}`, expiresAt: clock.timeOfDay() + life },
			},
			hints: [],
			receivedAt: clock.now(),
		} satisfies KeptImage;
	};
	const take = (detail = '', request = 'request', minLifeMs = MINUTE) =>
		store.take({ request, detail }, minLifeMs)?.image.link.url.split('/').pop();
	return { clock, store, waits, pass, image, take };
}

it('Each image is given once, the oldest first', () => {
	const { store, image, take } = stage();
	store.leave([image('a'), image('b')]);

	expect([take(), take(), take()]).toEqual(['a', 'b', undefined]);
	expect(store.size).toBe(0);
});

it('One that is put back is given again, and once', () => {
	const { store, image, take } = stage();
	store.leave([image('a')]);
	const kept = store.take({ request: 'request', detail: '' }, MINUTE)!;
	store.leave([kept, kept]);

	expect([take(), take()]).toEqual(['a', undefined]);
});

it('Request and detail must both be the same', () => {
	const { store, image, take } = stage();
	store.leave([image('a', { request: 'one', detail: 'x' })]);

	expect([take('x', 'two'), take('', 'one'), take('x', 'one')]).toEqual([
		undefined,
		undefined,
		'a',
	]);
	expect(store.hasFor('one')).toBe(false);
});

it('hasFor looks at the request alone', () => {
	const { store, image } = stage();
	store.leave([image('a', { detail: 'x' })]);

	expect([store.hasFor('request'), store.hasFor('another')]).toEqual([true, false]);
});

describe('A link that is given', () => {
	it('works for the time that is asked for', async () => {
		const { store, image, take, pass } = stage();
		store.leave([image('a', {}, 10 * MINUTE)]);
		await pass(5 * MINUTE);

		expect(take('', 'request', 5 * MINUTE + 1)).toBeUndefined();
		expect(take('', 'request', 5 * MINUTE)).toBe('a');
	});

	it('may be younger than one that was left before', () => {
		const { store, image, take } = stage();
		store.leave([image('old', {}, 2 * MINUTE), image('young')]);

		expect(take('', 'request', 30 * MINUTE)).toBe('young');
	});
});

describe('An image is forgotten', () => {
	it('when its link has expired, even if nobody asks', async () => {
		const { store, image, pass } = stage();
		store.leave([image('a', {}, 10 * MINUTE), image('b', {}, 20 * MINUTE)]);
		await pass(10 * MINUTE);
		expect(store.size).toBe(1);
		await pass(10 * MINUTE);
		expect(store.size).toBe(0);
	});

	it('when it has expired, although others last longer', async () => {
		const { store, image, pass } = stage();
		store.leave([image('long')]);
		await pass(MINUTE / 2);
		store.leave([image('short', {}, 5 * MINUTE)]);
		for (let minute = 0; minute < 5; minute++) await pass(MINUTE);
		expect(store.size).toBe(1);
	});

	it('after an hour at the latest', async () => {
		const { store, image, take, pass } = stage();
		store.leave([image('a', {}, 100 * HOUR)]);
		await pass(HOUR - MINUTE);
		expect(store.size).toBe(1);
		await pass(MINUTE);
		expect(store.size).toBe(0);
		expect(take()).toBeUndefined();
	});

	it('an hour after it came, and not after it was put back', async () => {
		const { store, image, pass } = stage();
		store.leave([image('a', {}, 100 * HOUR)]);
		await pass(40 * MINUTE);
		store.leave([store.take({ request: 'request', detail: '' }, MINUTE)!]);
		await pass(20 * MINUTE);
		expect(store.size).toBe(0);
	});

	it('when it lasts too short to be given, before it is left', () => {
		const { store, image, waits } = stage();
		store.leave([image('a', {}, MINUTE - 1), image('b', {}, -MINUTE)]);
		expect([store.size, waits.length]).toEqual([0, 0]);
	});

	it('beyond 2,000 of a run: the first', () => {
		const { store, image, take } = stage();
		store.leave(Array.from({ length: 2_100 }, (_, i) => image(String(i))));
		expect([store.size, take()]).toEqual([2_000, '100']);
	});

	it('beyond 5,000 in all: the oldest', () => {
		const { store, image, take } = stage();
		for (let run = 0; run < 6; run++) {
			store.leave(
				Array.from({ length: 1_000 }, (_, i) => image(`${run}-${i}`, { detail: `${i}` })),
			);
		}
		expect([store.size, take('7')]).toEqual([5_000, '1-7']);
	});
});

it('One thing at a time is waited for, and nothing when nothing is kept', async () => {
	const { store, image, waits, pass } = stage();
	expect(waits).toHaveLength(0);
	for (let i = 0; i < 10; i++) store.leave([image(String(i))]);
	expect(waits).toHaveLength(1);
	await pass(HOUR);
	expect(waits).toHaveLength(0);
});

it('What is kept does not keep the process from ending', () => {
	const store = new UnclaimedImages();
	const { key, hints } = stage().image('a');
	const link = { url: 'https://example.com/a', expiresAt: Date.now() + HOUR };
	const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
	const before = timers();
	store.leave([
		{
			key,
			hints,
			image: { model: 'model', link },
			receivedAt: performance.timeOrigin + performance.now(),
		},
	]);

	expect([store.size, timers()]).toEqual([1, before]);
});

it('Thousands are taken and put back in no time', () => {
	const { store, image } = stage();
	const startedAt = performance.now();
	for (let round = 0; round < 10; round++) {
		const kept = Array.from({ length: 2_000 }, (_, i) => image(String(i), { detail: `${i % 50}` }));
		store.leave(kept);
		store.leave(kept.flatMap(({ key }) => store.take(key, MINUTE) ?? []));
	}
	expect(performance.now() - startedAt).toBeLessThan(2_000);
	expect(store.size).toBe(5_000);
});
