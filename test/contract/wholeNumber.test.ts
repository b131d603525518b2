import { wholeNumbers } from '../../nodes/SiliconFlowImage/contract/numbers';

const range = wholeNumbers(1, 100);

it('The rule names the range', () => {
	expect(range.rule).toBe('must be a whole number from 1 to 100');
});

it.each([1, 2, 100])('%p is one', (value) => {
	expect(range.includes(value)).toBe(true);
});

it.each([0, 101, 1.5, -1, NaN, Infinity, '7', true, null, undefined, [5]])(
	'%p is none',
	(value) => {
		expect(range.includes(value)).toBe(false);
	},
);
