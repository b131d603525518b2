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

it('All who wait are told of each release, when the slot is free', () => {
	const semaphore = new Semaphore(1);
	const seen: string[] = [];
	for (const name of ['a', 'b'])
		semaphore.onRelease(() => seen.push(`${name} ${String(semaphore.hasFree)}`));
	semaphore.take();
	expect(seen).toStrictEqual([]);
	semaphore.release();

	expect(seen).toStrictEqual(['a true', 'b true']);
});

it('The same listener is called once, however often it waits', () => {
	const semaphore = new Semaphore(1);
	let calls = 0;
	const listener = () => calls++;
	for (let n = 0; n < 3; n++) semaphore.onRelease(listener);
	semaphore.take();
	semaphore.release();

	expect(calls).toBe(1);
});
