/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { retryAfterMs } from '../../../nodes/SiliconFlowImage/contract/rejection';

/** A whole second, as HTTP dates count in seconds: 21 Oct 2026 07:28:00 UTC. */
const NOW = Date.UTC(2026, 9, 21, 7, 28, 0);

describe('A wait in seconds', () => {
	it.each([
		['1', 1_000],
		['7', 7_000],
		['007', 7_000],
		[' 7 ', 7_000],
		['0.5', 500],
		['1.25', 1_250],
		['86400', 86_400_000],
	])('%s', (header, expected) => {
		expect(retryAfterMs(header, NOW)).toBe(expected);
	});
});

describe('A date, in the three forms of RFC 9110', () => {
	it.each([
		['the usual form', 'Wed, 21 Oct 2026 07:28:07 GMT', 7_000],
		['the usual form, a day ahead', 'Thu, 22 Oct 2026 07:28:00 GMT', 86_400_000],
		['with blanks around it', ' Wed, 21 Oct 2026 07:28:07 GMT ', 7_000],
		['RFC 850', 'Wednesday, 21-Oct-26 07:28:07 GMT', 7_000],
		['asctime', 'Wed Oct 21 07:28:07 2026', 7_000],
		['in UTC by its other name', 'Wed, 21 Oct 2026 07:28:07 UTC', 7_000],
		['with an offset', 'Wed, 21 Oct 2026 09:28:07 +0200', 7_000],
		['with an offset of none', 'Wed, 21 Oct 2026 07:28:07 -0000', 7_000],
	])('%s', (_name, header, expected) => {
		expect(retryAfterMs(header, NOW)).toBe(expected);
	});

	it('counts to the millisecond from now', () => {
		expect(retryAfterMs('Wed, 21 Oct 2026 07:28:01 GMT', NOW + 250)).toBe(750);
	});

	it('with a day of one digit, as asctime writes it', () => {
		const now = Date.UTC(2026, 10, 1, 7, 28, 0);
		expect(retryAfterMs('Sun Nov  1 07:28:09 2026', now)).toBe(9_000);
	});

	it.each([3_600_000, -86_400_000])(
		'is read against the clock of the service: ours is off by %d ms',
		(offMs) => {
			const [until, date] = ['Wed, 21 Oct 2026 07:28:07 GMT', 'Wed, 21 Oct 2026 07:28:00 GMT'];
			expect(retryAfterMs(until, NOW + offMs, date)).toBe(7_000);
			expect(retryAfterMs('7', NOW + offMs, date)).toBe(7_000);
		},
	);

	it('counts from our clock where the date of the reply cannot be read', () => {
		expect(retryAfterMs('Wed, 21 Oct 2026 07:28:07 GMT', NOW, 'today')).toBe(7_000);
	});
});

it.each(['America/New_York', 'Asia/Shanghai'])(
	'asctime names no zone and means GMT, on a machine in %s too',
	(zone) => {
		const file = join(__dirname, '../../../nodes/SiliconFlowImage/contract/rejection.ts');
		const script = `console.log(require(${JSON.stringify(file)}).retryAfterMs('Wed Oct 21 07:28:07 2026', ${NOW}))`;
		const env = { ...process.env, TZ: zone };
		const printed = execFileSync(process.execPath, ['-r', 'tsx/cjs', '-e', script], { env });

		expect(Number(printed)).toBe(7_000);
	},
);

describe('No wait', () => {
	it.each([
		['no header', undefined],
		['nothing', ''],
		['blanks', ' \t '],
		['zero', '0'],
		['a negative number', '-5'],
		['this very moment', 'Wed, 21 Oct 2026 07:28:00 GMT'],
		['a date in the past', 'Wed, 21 Oct 2015 07:28:00 GMT'],
		['RFC 850 in the past', 'Sunday, 06-Nov-94 08:49:37 GMT'],
		['asctime in the past', 'Sun Nov  6 08:49:37 1994'],
		['more than a day', '86401'],
		['milliseconds by mistake', '60000000'],
		['a great many seconds', '9'.repeat(400)],
		['a date in days', 'Fri, 23 Oct 2026 07:28:00 GMT'],
		['the end of time', 'Fri, 31 Dec 9999 23:59:59 GMT'],
		['words', 'soon'],
		['words that begin like a date', 'Soon, maybe'],
		['words with a year in them', 'Maybe 9999'],
		['a date that is none', 'Wed, 21 Oct 2026 25:28:07 GMT'],
		['a date behind a word', 'after Wed, 21 Oct 2026 07:28:07 GMT'],
		['a day without a time', 'Fri, 23 Oct 2026'],
		['a date as ISO 8601 has it', '2026-10-23T07:28:00Z'],
		['a number with a unit', '5s'],
		['two numbers', '5, 10'],
		['a number in another notation', '0x10'],
		['infinity', 'Infinity'],
		['not a number', 'NaN'],
	])('%s', (_name, header) => {
		expect(retryAfterMs(header, NOW)).toBeUndefined();
	});
});
