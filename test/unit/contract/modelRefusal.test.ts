import { refusesModel } from '../../../nodes/SiliconFlowImage/contract/rejection';
import { failures } from '../../../simulator/failures';

/** Refusals after which another model may do, and those that it would not change. */

const json = (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body));

it.each(['modelUnknown', 'modelDisabled', 'retired'] as const)('%s is about the model', (name) => {
	const { status, body } = failures[name];

	expect(refusesModel(status, json(body))).toBe(true);
});

const others = Object.entries(failures).filter(
	([name]) => !['modelUnknown', 'modelDisabled', 'retired'].includes(name),
);

it.each(others)('%s is not', (_name, { status, body }) => {
	expect(refusesModel(status, json(body))).toBe(false);
});

it.each<[string, number, unknown]>([
	['the code, in words', 404, { error: { code: 'model_not_found', message: 'Not found' } }],
	['the code in words, beside the message', 404, { code: 'model_not_found', message: 'Gone' }],
	['a code of the service', 404, { code: 20012, message: 'Not found' }],
	['the words', 404, { message: 'The model `Acme/Painter` does not exist' }],
	['the words in plain text', 404, 'model not found'],
	['the words of a page', 404, '<html><head><title>No such model</title></head></html>'],
	['nothing else', 410, ''],
	['the code, with an odd status', 422, { code: 30003, message: 'Model disabled.' }],
])('A refusal is about the model by %s', (_name, status, body) => {
	expect(refusesModel(status, json(body))).toBe(true);
});

it.each<[string, number, unknown]>([
	['no words', 404, ''],
	['a page', 404, '<html><head><title>404 Not Found</title></head></html>'],
	['the address', 404, { error: { message: 'Invalid URL (POST /v1/images/generations)' } }],
	['an address with the word in it', 404, 'No route for /model-api/v1/images/generations'],
	['an address of the host', 404, 'https://model.example.com/v1 was not found'],
	['another code in words', 404, { error: { code: 'not_found', message: 'Not found' } }],
	['the model, in a refusal of the key', 403, { code: 30014, message: 'No model for this key' }],
	['the model, in a refusal of a value', 400, { code: 20015, message: 'Model takes no seed' }],
	['the code in a success', 200, { code: 20012, message: 'Model does not exist' }],
	['endless nesting', 404, '['.repeat(100_000) + ']'.repeat(100_000)],
])('A refusal is not about the model with %s', (_name, status, body) => {
	expect(refusesModel(status, json(body))).toBe(false);
});
