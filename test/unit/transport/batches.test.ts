import { Batches, refusesBatch } from '../../../nodes/SiliconFlowImage/transport/batches';

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

describe('Whether a reply refuses the number of images', () => {
	it.each([
		[true, 400, '{"code":20035,"message":"Invalid parameter"}'],
		[true, 400, '{"code":20012,"message":"batch_size is not supported"}'],
		[true, 400, '{"code":20012,"message":"Batch size must be 1"}'],
		[true, 400, '{"code":20012,"message":"unknown field batchSize"}'],
		[false, 400, '{"code":20012,"message":"Invalid image size"}'],
		[false, 400, 'Bad Request'],
		[false, 429, '{"code":20035,"message":"batch_size"}'],
		[false, 200, '{"code":20035,"message":"batch_size"}'],
		[false, 500, '{"code":20035}'],
	])('%s: %d %s', (expected, status, text) => {
		expect(refusesBatch({ kind: 'reply', status, text })).toBe(expected);
	});
});
