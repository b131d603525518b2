import { isDailyLimit } from '../../../nodes/SiliconFlowImage/contract/rejection';

const refused = (limit: string) =>
	`Request was rejected due to rate limiting. Details:${limit} limit reached.`;

describe('A limit per day', () => {
	it.each([
		refused('IPD'),
		refused('RPD'),
		refused('TPD'),
		'rpd exceeded',
		'Limit of 400 images per day reached',
		'400 Per Day',
		'The daily limit is used up',
		'DAILY quota',
		'{"code":50605,"message":"IPD limit reached.","data":null}',
	])('%s', (message) => {
		expect(isDailyLimit(message)).toBe(true);
	});
});

describe('No limit per day', () => {
	it.each([
		'',
		refused('IPM'),
		refused('RPM'),
		refused('TPM'),
		'Too many requests, please try again later',
		'2 images per minute',
		'per days-old rule',
		'super day',
		'the update is rapid',
		'ripd',
		'TPDX limit reached',
		'BPD limit reached',
		'Try again the next day',
	])('%j', (message) => {
		expect(isDailyLimit(message)).toBe(false);
	});
});
