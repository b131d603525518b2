import { FairQueue } from '../../../nodes/SiliconFlowImage/transport/fairQueue';

interface Entry {
	readonly execution: string;
	readonly position: number;
}

/** Entries as words: `a1` is the entry of owner `a` at position 1. */
const named = (entries: Entry[]) =>
	entries.map(({ execution, position }) => `${execution}${position}`);

function queueOf(...names: string[]) {
	const queue = new FairQueue<string, Entry>();
	const entries = new Map<string, Entry>();
	const entry = (name: string) =>
		entries.get(name) ?? { execution: name[0], position: Number(name.slice(1)) };
	const add = (name: string) => {
		entries.set(name, entry(name));
		queue.add(entry(name));
	};
	names.forEach(add);
	return {
		queue,
		add,
		remove: (name: string) => queue.remove(entry(name)),
		heads: () => named([...queue.heads()]),
		all: () => named([...queue.all()]),
	};
}

describe('Within an owner', () => {
	it.each([
		['in order', ['a1', 'a2', 'a3'], ['a1', 'a2', 'a3']],
		['backwards', ['a3', 'a2', 'a1'], ['a1', 'a2', 'a3']],
		['one that comes back goes to its old place', ['a2', 'a10', 'a5'], ['a2', 'a5', 'a10']],
	])('the order of positions holds, whatever came first: %s', (_name, names, expected) => {
		expect(queueOf(...names).all()).toStrictEqual(expected);
	});

	it('of the same position, who came first goes first', () => {
		const queue = new FairQueue<string, Entry>();
		const same = [1, 2, 3].map(() => ({ execution: 'a', position: 7 }));
		for (const entry of same) queue.add(entry);

		expect([...queue.all()].map((entry) => same.indexOf(entry))).toStrictEqual([0, 1, 2]);
	});

	it('only the first is a head', () => {
		expect(queueOf('a2', 'a1', 'b5', 'b6').heads()).toStrictEqual(['a1', 'b5']);
	});
});

describe('Owners take turns', () => {
	it('a new owner comes last', () => {
		expect(queueOf('b1', 'a1', 'b2', 'c1').heads()).toStrictEqual(['b1', 'a1', 'c1']);
	});

	it('who was served goes to the end, with all that it has', () => {
		const { queue, heads, all } = queueOf('a1', 'a2', 'b1', 'c1');
		queue.served('a');

		expect(heads()).toStrictEqual(['b1', 'c1', 'a1']);
		expect(all()).toStrictEqual(['b1', 'c1', 'a1', 'a2']);
	});

	it('another entry of a known owner does not change its turn', () => {
		const { add, heads } = queueOf('a2', 'b1');
		add('a1');

		expect(heads()).toStrictEqual(['a1', 'b1']);
	});

	it('an owner that has nothing is not kept when it is served', () => {
		const { queue, heads } = queueOf('a1');
		queue.served('b');

		expect(heads()).toStrictEqual(['a1']);
	});
});

describe('Removing', () => {
	it('takes one entry and leaves the turn of its owner', () => {
		const { remove, heads } = queueOf('a1', 'a2', 'b1');
		remove('a1');

		expect(heads()).toStrictEqual(['a2', 'b1']);
	});

	it('the last one takes the owner, which is new when it comes back', () => {
		const { remove, add, heads } = queueOf('a1', 'b1');
		remove('a1');
		add('a1');

		expect(heads()).toStrictEqual(['b1', 'a1']);
	});

	it.each(['a9', 'z1'])('what is not there changes nothing: %s', (name) => {
		const { remove, all, queue } = queueOf('a1', 'b1');
		remove(name);

		expect(all()).toStrictEqual(['a1', 'b1']);
		expect(queue.isEmpty).toBe(false);
	});

	it('it is empty before the first and after the last', () => {
		const { remove, queue, add } = queueOf();
		expect(queue.isEmpty).toBe(true);
		add('a1');
		expect(queue.isEmpty).toBe(false);
		remove('a1');

		expect(queue.isEmpty).toBe(true);
		expect([...queue.heads()]).toStrictEqual([]);
	});
});
