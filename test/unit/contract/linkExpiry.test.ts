import { linkExpiry } from '../../../nodes/SiliconFlowImage/contract/response';

const NOW = Date.UTC(2026, 9, 21, 7, 28, 0);
const HOUR = 3_600_000;

const signed = (date: string, seconds: string) =>
	`https://images.example.com/a.png?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=${date}&X-Amz-Expires=${seconds}&X-Amz-Signature=0`;

describe('A signed link ends when its signature says', () => {
	it.each([
		['an hour from now', signed('20261021T072800Z', '3600'), NOW + HOUR],
		['ten minutes from now', signed('20261021T072800Z', '600'), NOW + 600_000],
		['signed a minute ago', signed('20261021T072700Z', '3600'), NOW + HOUR - 60_000],
		['to the second', signed('20261021T072801Z', '1'), NOW + 2_000],
		['already over', signed('20261020T072800Z', '60'), NOW - 24 * HOUR + 60_000],
		['past midnight', signed('20261024T235959Z', '2'), Date.UTC(2026, 9, 25, 0, 0, 1)],
		[
			'names in lower case, the other way round',
			'https://example.com/a?x-amz-expires=600&x-amz-date=20261021T072800Z',
			NOW + 600_000,
		],
		[
			'a fragment behind it',
			'https://example.com/a?X-Amz-Date=20261021T072800Z&X-Amz-Expires=600#top',
			NOW + 600_000,
		],
	])('%s', (_name, url, expected) => {
		expect(linkExpiry(url, NOW)).toBe(expected);
	});
});

describe('A link is never trusted for more than a hundred hours', () => {
	it.each([
		['a hundred hours', signed('20261021T072800Z', '360000'), NOW + 100 * HOUR],
		['a second more', signed('20261021T072801Z', '360000'), NOW + 100 * HOUR],
		['a thousand years', signed('30261021T072800Z', '3600'), NOW + 100 * HOUR],
	])('%s', (_name, url, expected) => {
		expect(linkExpiry(url, NOW)).toBe(expected);
	});
});

describe('A link that does not say lives the hour that the service promises', () => {
	it.each([
		['no parameters', 'https://example.com/a.png'],
		['no link at all', ''],
		['a date alone', 'https://example.com/a?X-Amz-Date=20261021T072800Z'],
		['a lifetime alone', 'https://example.com/a?X-Amz-Expires=600'],
		['a lifetime of nothing', signed('20261021T072800Z', '0')],
		['a negative lifetime', signed('20261021T072800Z', '-600')],
		['an empty lifetime', signed('20261021T072800Z', '')],
		['a lifetime in words', signed('20261021T072800Z', 'soon')],
		['a lifetime without end', signed('20261021T072800Z', 'Infinity')],
		['an empty date', signed('', '600')],
		['another way to write a date', signed('2026-10-21T07:28:00Z', '600')],
		['a date without its zone', signed('20261021T072800', '600')],
		['a date with more in front', signed('120261021T072800Z', '600')],
		['a date with more behind', signed('20261021T072800Z0', '600')],
		[
			'names that only end alike',
			'https://example.com/a?My-X-Amz-Date=20261021T072800Z&My-X-Amz-Expires=600',
		],
		[
			'the parameters in the fragment of a longer name',
			'https://example.com/a?X-Amz-DateX=20261021T072800Z&X-Amz-ExpiresX=600',
		],
	])('%s', (_name, url) => {
		expect(linkExpiry(url, NOW)).toBe(NOW + HOUR);
	});
});

describe("A link lives on from its receipt where the service's clock is not ours", () => {
	const IN_AN_HOUR_THERE = signed('20261021T052800Z', '3600');
	it.each([
		['ours is two hours ahead', 'Wed, 21 Oct 2026 05:28:00 GMT', NOW + HOUR],
		['a blank before the date', ' Wed, 21 Oct 2026 05:28:00 GMT', NOW + HOUR],
		['they agree, and it is over', 'Wed, 21 Oct 2026 07:28:00 GMT', NOW - HOUR],
		['the reply took a minute', 'Wed, 21 Oct 2026 07:27:00 GMT', NOW - HOUR],
		['more than a minute apart', 'Wed, 21 Oct 2026 07:26:59 GMT', NOW - HOUR + 61_000],
		['no date', undefined, NOW - HOUR],
		['an odd date', 'soon', NOW - HOUR],
	])('%s', (_name, date, expected) => {
		expect(linkExpiry(IN_AN_HOUR_THERE, NOW, date)).toBe(expected);
	});

	it('ours is a day behind', () => {
		const url = signed('20261022T072700Z', '600');
		expect(linkExpiry(url, NOW, 'Thu, 22 Oct 2026 07:28:00 GMT')).toBe(NOW + 540_000);
	});
});
