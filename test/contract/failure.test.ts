import fc from 'fast-check';
import { parseJson, readFailure } from '../../nodes/SiliconFlowImage/contract/response';
import { anyText } from './built';

const json = (value: unknown) => JSON.stringify(value);

const SENTENCE = 'Model does not exist. Please check it carefully.';

describe("The service's message is found in any format", () => {
	it.each([
		['coded', json({ code: 20012, message: SENTENCE, data: null }), 20012, SENTENCE],
		['coded, with empty data', json({ code: 20012, message: SENTENCE, data: '' }), 20012, SENTENCE],
		['coded, no code', json({ code: null, message: SENTENCE, data: '' }), undefined, SENTENCE],
		['coded, with a detail', json({ code: 1, message: 'No.', data: 'Why.' }), 1, 'No. (Why.)'],
		['coded, the message repeated', json({ code: 1, message: 'No.', data: 'No.' }), 1, 'No.'],
		['coded, data of another kind', json({ code: 1, message: 'No.', data: { a: 1 } }), 1, 'No.'],
		['coded, code as text', json({ code: 'busy', message: 'No.', data: '' }), undefined, 'No.'],
		['message only', json({ message: 'Limit reached.', data: '' }), undefined, 'Limit reached.'],
		[
			'wrapped like OpenAI',
			json({ error: { message: 'No.', type: 'x', code: null } }),
			undefined,
			'No.',
		],
		['wrapped, with a code', json({ error: { message: 'No.', code: 50505 } }), 50505, 'No.'],
		['wrapped, code as text', json({ error: { message: 'No.', code: 'busy' } }), undefined, 'No.'],
		['a text under error', json({ error: 'No such model' }), undefined, 'No such model'],
		['a bare JSON string', json('Invalid token'), undefined, 'Invalid token'],
		['plain text', '404 page not found', undefined, '404 page not found'],
		[
			'plain text in several lines',
			' upstream\r\n\tgone  away \n',
			undefined,
			'upstream gone away',
		],
		[
			'a page with a title',
			'<html>\r\n<head><title>502 Bad Gateway</title></head><body><h1>x</h1></body></html>',
			undefined,
			'502 Bad Gateway',
		],
		[
			'a page without a title',
			'<!DOCTYPE html><body><h1>Down</h1> for <b>repair</b></body>',
			undefined,
			'Down for repair',
		],
		[
			'a page in capitals, its title with an attribute',
			'<HTML><TITLE lang="en">Bad\nGateway</TITLE><H1>x</H1></HTML>',
			undefined,
			'Bad Gateway',
		],
		[
			'a page whose words only its tags keep apart',
			'<html><h1>Down</h1><p>Come back</p></html>',
			undefined,
			'Down Come back',
		],
		[
			'a page whose title comes late',
			`<html>${'<meta name="x">'.repeat(250)}<title>502</title></html>`,
			undefined,
			'502',
		],
		['a text that names a title', 'no <title>x</title> here', undefined, 'no titlex/title here'],
		['an empty text under error', '{"error":""}', undefined, '{"error":""}'],
		[
			'wrapped, an empty message',
			'{"error":{"message":""}}',
			undefined,
			'{"error":{"message":""}}',
		],
		['wrapped, nothing', '{"error":null}', undefined, '{"error":null}'],
		['coded, code 0', json({ code: 0, message: 'No.' }), 0, 'No.'],
		['coded and wrapped', json({ code: 1, message: 'No.', error: 'Other.' }), 1, 'No.'],
		['a page as a message', json({ code: 1, message: '<html><b>No.</b></html>' }), 1, 'No.'],
		['a message that is no text', '{"message":["No."]}', undefined, '{"message":["No."]}'],
		['a number', '503', undefined, '503'],
		['nothing', '', undefined, ''],
		['blanks', ' \n ', undefined, ''],
		['an empty JSON string', '""', undefined, ''],
		['an array', '[1,"two"]', undefined, '[1,"two"]'],
		['an object of another kind', '{"detail":"No."}', undefined, '{"detail":"No."}'],
		['null', 'null', undefined, 'null'],
		['after a byte order mark', `\uFEFF${json({ code: 7, message: 'No.' })}`, 7, 'No.'],
		['plain text after a byte order mark', '\uFEFFNo.', undefined, 'No.'],
		['broken JSON', '{"message":"No', undefined, '{"message":"No'],
		['an empty message', json({ code: 7, message: '' }), undefined, '{"code":7,"message":""}'],
	])('%s', (_name, text, code, message) => {
		const failure = readFailure(text);

		expect(failure.message).toBe(message);
		expect(failure.code).toBe(code);
	});
});

it('A message without anything else is also found', () => {
	expect(readFailure(json({ message: 'No.' }))).toStrictEqual({ code: undefined, message: 'No.' });
});

describe('However long the message is', () => {
	const long = 'no '.repeat(100_000);

	it.each([
		['plain text', long],
		['coded', json({ code: 1, message: long, data: long })],
		['wrapped', json({ error: { message: long } })],
		['a bare string', json(long)],
		['an array', json([long])],
		['a page', `<html><body>${long}</body></html>`],
	])('at most 500 characters are passed on: %s', (_name, text) => {
		expect(readFailure(text).message).toHaveLength(500);
	});

	it.each([
		['unclosed tags', `<html>${'<'.repeat(8_000_000)}`],
		['unclosed titles', '<title'.repeat(1_300_000)],
	])('%s do not block n8n', (_name, text) => {
		// With quadratic time this would take hours.
		expect(readFailure(text).message.length).toBeLessThanOrEqual(500);
	});

	it('any text gives one short line', () => {
		const anything = fc.oneof(anyText, fc.json());
		fc.assert(
			fc.property(anything, (text) => {
				const { message } = readFailure(text);
				expect(message.length).toBeLessThanOrEqual(500);
				expect(message).not.toMatch(/[\r\n\t]/);
			}),
		);
	});
});

it('An image in a data URL is not part of the words', () => {
	const base64 = 'iVBORw0KGgo'.repeat(100);
	const { message } = readFailure(
		json({ images: [{ url: `data:image/x+y;base64,${base64}` }], n: 1 }),
	);

	expect(message).toBe('{"images":[{"url":"data:image/x+y;base64,..."}],"n":1}');
});

it('JSON is parsed, anything else is undefined', () => {
	expect(parseJson('{"a":[1]}')).toStrictEqual({ a: [1] });
	expect(parseJson('\uFEFF{"a":[1]}')).toStrictEqual({ a: [1] });
	expect(parseJson('\uFEFF\uFEFF{"a":[1]}')).toBeUndefined();
	expect(parseJson('{"a":')).toBeUndefined();
	expect(parseJson('')).toBeUndefined();
});
