import { sleep } from 'n8n-workflow';
import { Semaphore } from '../../../nodes/SiliconFlowImage/transport/semaphore';

/** How many slots can be taken. */
function takeAll(semaphore: Semaphore) {
	let taken = 0;
	for (; semaphore.hasFree; taken++) semaphore.take();
	return taken;
}

it.each([1, 2, 3, 8])('%d slots can be taken, and no more', (slots) => {
	expect(takeAll(new Semaphore(slots))).toBe(slots);
});

it('A slot that was released can be taken again, once', () => {
	const semaphore = new Semaphore(3);
	takeAll(semaphore);
	semaphore.release();
	semaphore.release();

	expect(takeAll(semaphore)).toBe(2);
});

it('A slot is offered in the order in which they wait, until one takes it', () => {
	const semaphore = new Semaphore(1);
	const seen: string[] = [];
	semaphore.take();
	semaphore.whenFree(() => seen.push('a leaves it'));
	semaphore.whenFree(() => {
		seen.push('b takes it');
		semaphore.take();
	});
	semaphore.whenFree(() => seen.push('c leaves it'));
	expect(seen).toStrictEqual([]);
	semaphore.release();
	expect(seen).toStrictEqual(['a leaves it', 'b takes it']);
	semaphore.release();
	semaphore.take();
	semaphore.release();

	// Each offer is made once.
	expect(seen).toStrictEqual(['a leaves it', 'b takes it', 'c leaves it']);
});

describe('Work that waits for a slot', () => {
	/** Starts works that end when told to. */
	function start(semaphore: Semaphore, names: string[]) {
		const begun: string[] = [];
		const end: Record<string, (fails?: boolean) => void> = {};
		const results = names.map(
			async (name) =>
				await semaphore.use(async () => {
					begun.push(name);
					return await new Promise<string>((resolve, reject) => {
						end[name] = (fails) => (fails ? reject(new Error(name)) : resolve(name));
					});
				}),
		);
		return { begun, end, results };
	}
	const settled = async () => await sleep(0);

	it('is done in the order of the calls, as many at a time as there are slots', async () => {
		const { begun, end, results } = start(new Semaphore(2), ['a', 'b', 'c', 'd']);
		await settled();
		expect(begun).toStrictEqual(['a', 'b']);

		end.b();
		await settled();
		expect(begun).toStrictEqual(['a', 'b', 'c']);

		for (const name of ['a', 'c', 'd']) {
			end[name]();
			await settled();
		}
		expect(await Promise.all(results)).toStrictEqual(['a', 'b', 'c', 'd']);
	});

	it('leaves the slot to the next one when it fails', async () => {
		const semaphore = new Semaphore(1);
		const { begun, end, results } = start(semaphore, ['a', 'b']);
		const failed = expect(results[0]).rejects.toThrow('a');
		await settled();
		end.a(true);
		await failed;
		await settled();
		expect(begun).toStrictEqual(['a', 'b']);
		expect(semaphore.hasFree).toBe(false);

		end.b();
		await results[1];
		expect(takeAll(semaphore)).toBe(1);
	});
});
