import fc from 'fast-check';
import { requestSchema, unsupportedFields } from '../../nodes/SiliconFlowImage/contract/request';
import { anyText, edit, editor, generate, kolors, qwen, rulesOf } from './built';

const IMAGE = 'data:image/png;base64,iVBORw0KGgo=';

describe('Prompt and Negative Prompt', () => {
	it.each(['', ' ', '\n\t '])('a blank prompt is refused: %j', (prompt) => {
		expect(rulesOf(generate(kolors, { prompt }))).toStrictEqual(
			new Set(['Prompt must not be empty']),
		);
	});

	it.each([7, null, undefined, {}, ['a fox']])('%p is not a prompt', (prompt) => {
		expect(rulesOf(generate(kolors, { prompt }))).toStrictEqual(new Set(['Prompt must be text']));
	});

	it.each([7, true, {}])('%p is not a negative prompt', (value) => {
		expect(rulesOf(generate(kolors, { fields: { negative_prompt: value } }))).toStrictEqual(
			new Set(['Negative Prompt must be text']),
		);
	});

	it('any text that is not blank is sent unchanged', () => {
		const filled = anyText.filter((text) => text.trim() !== '');
		fc.assert(
			fc.property(filled, anyText, (prompt, negative) => {
				const fields = { negative_prompt: negative };
				expect(generate(kolors, { prompt, fields })).toStrictEqual({
					body: { model: kolors.id, prompt, image_size: '1024x1024', negative_prompt: negative },
				});
			}),
		);
	});
});

describe('Images', () => {
	it.each([
		[[IMAGE], { image: IMAGE }],
		[['https://a.example/1', IMAGE], { image: 'https://a.example/1', image2: IMAGE }],
		[
			['http://a.example', IMAGE, 'HTTPS://b.example'],
			{ image: 'http://a.example', image2: IMAGE, image3: 'HTTPS://b.example' },
		],
	])('fill the wire names in order', (images, wire) => {
		expect(edit(editor, { images })).toStrictEqual({
			body: { model: editor.id, prompt: 'a fox', ...wire },
		});
	});

	it.each(['ftp://a.example/cat.png', 'cat.png', '', 'http://', 'data:text/html;base64,PGI+'])(
		'%j is refused',
		(image) => {
			expect(rulesOf(edit(editor, { images: [image] }))).toStrictEqual(
				new Set(['Images must be an image or the http(s) URL of one']),
			);
		},
	);

	it('a site that takes no URL says so', () => {
		const model = { ...editor, images: { names: ['image'] as const, acceptsUrl: false } };

		expect(rulesOf(edit(model, { images: ['https://a.example/1'] }))).toStrictEqual(
			new Set(['Images must be an image']),
		);
	});

	it('Edit without an image is refused; Generate sends none', () => {
		expect(edit(editor, { images: [] })).toHaveProperty('violations');
		expect(generate(kolors, { images: [IMAGE] })).toStrictEqual({
			body: { model: kolors.id, prompt: 'a fox', image_size: '1024x1024' },
		});
	});
});

describe('The schema', () => {
	it.each(['guidance_scale', 'batch_size', 'image', 'style'])(
		'refuses %s if the model does not take it',
		(name) => {
			const body = { model: qwen.id, prompt: 'a fox', image_size: '1024x1024' };
			const schema = requestSchema(qwen, 'generate');

			expect(schema.safeParse(body).success).toBe(true);
			expect(schema.safeParse({ ...body, [name]: 2 }).success).toBe(false);
		},
	);

	it('fills in what a model requires, unless it is set', () => {
		const needy = { ...qwen, fields: { cfg: { required: 4, min: 2, max: 6 } } };
		const body = { model: qwen.id, prompt: 'a fox', image_size: '1328x1328' };

		expect(generate(needy, {})).toStrictEqual({ body: { ...body, cfg: 4 } });
		expect(generate(needy, { fields: { cfg: 6 } })).toStrictEqual({ body: { ...body, cfg: 6 } });
		expect(rulesOf(generate(needy, { fields: { cfg: 7 } }))).toStrictEqual(
			new Set(['CFG Scale must be a number from 2 to 6']),
		);
	});

	it('reports every violation, not only the first', () => {
		const fields = { seed: -1, guidance_scale: 21 };

		expect(rulesOf(generate(kolors, { prompt: '', size: 'big', fields })).size).toBe(4);
	});
});

it('Fields that a model does not take are separated', () => {
	expect(unsupportedFields(qwen, ['cfg', 'guidance_scale', 'seed'])).toStrictEqual([
		'guidance_scale',
	]);
});
