import { Batches } from '../../../nodes/SiliconFlowImage/transport/attempt';

const NOW = Date.UTC(2026, 9, 1);
const HOUR = 3_600_000;

describe('How many images are asked for at once', () => {
	it.each([
		[1, 4, 1],
		[3, 4, 3],
		[4, 4, 4],
		[9, 4, 4],
		[9, 1, 1],
	])('%d wanted, at most %d: %d', (wanted, most, expected) => {
		expect(new Batches().size(wanted, most, NOW)).toBe(expected);
	});

	it.each([
		['at once', 0, 1],
		['almost an hour later', HOUR - 1, 1],
		['an hour later they are tried again', HOUR, 4],
	])('one, after a batch did not do: %s', (_name, laterMs, expected) => {
		const batches = new Batches();
		batches.disable(NOW);

		expect(batches.size(4, 4, NOW + laterMs)).toBe(expected);
	});

	it('the hour counts from the last time', () => {
		const batches = new Batches();
		batches.disable(NOW);
		batches.disable(NOW + HOUR);

		expect(batches.size(4, 4, NOW + 2 * HOUR - 1)).toBe(1);
	});
});
