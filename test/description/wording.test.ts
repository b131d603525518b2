/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { INodeProperties } from 'n8n-workflow';
import { SiliconFlowImageApi } from '../../credentials/SiliconFlowImageApi.credentials';
import { SiliconFlowImage } from '../../nodes/SiliconFlowImage/SiliconFlowImage.node';
import { optionsOf } from './panel';
import { textsIn } from './texts';
import { walk } from './walk';

/** n8n's guidelines on wording apply to every text a person may read. */

const ROOT = join(__dirname, '..', '..');
const NODE = join(ROOT, 'nodes', 'SiliconFlowImage');
const { description } = new SiliconFlowImage();
const credential = new SiliconFlowImageApi();

type Choice = { name: string; description?: string; action?: string };

const fields = [...walk(description.properties), ...walk(credential.properties)];
const choices = fields
	.filter(({ property }) => property.type === 'options')
	.flatMap(({ property }) => property.options as Choice[]);
const modes = fields.flatMap(({ property }) => property.modes ?? []);
const groups = fields
	.filter(({ property }) => property.type === 'fixedCollection')
	.flatMap(({ property }) => property.options as INodeProperties[]);

const present = (texts: Array<string | undefined>) =>
	texts.filter((text): text is string => text !== undefined && text !== '');
const notices = fields.filter(({ property }) => property.type === 'notice');
const labels = present([
	...fields.filter((field) => !notices.includes(field)).map(({ property }) => property.displayName),
	...fields.map(({ property }) => property.typeOptions?.multipleValueButtonText),
	...choices.map(({ name }) => name),
	...modes.map(({ displayName }) => displayName),
	...groups.map(({ displayName }) => displayName),
]);
const descriptions = present([
	description.description,
	...fields.map(({ property }) => property.description),
	...choices.map((choice) => choice.description),
	...notices.map(({ property }) => property.displayName),
]);
const hints = present([
	...fields.map(({ property }) => property.hint),
	...modes.map(({ hint }) => hint),
]);
const placeholders = present([
	...fields.map(({ property }) => property.placeholder),
	...modes.map(({ placeholder }) => placeholder),
]);
const credentialTexts = JSON.stringify(credential.test).match(/"message":"[^"]*"/g) ?? [];

const sentences = (text: string) =>
	text.split(/[.!?](?=\s+[A-Z0-9]|$)/).filter((part) => part !== '');

it('The two collections have buttons of their own', () => {
	const collections = description.properties.filter(({ type }) => type === 'collection');

	expect(collections.map(({ placeholder }) => placeholder)).toStrictEqual([
		'Add Option',
		'Add Execution Option',
	]);
});

describe('Labels', () => {
	it('are in Title Case', () => {
		const small = /^(a|an|and|as|at|by|for|from|in|of|on|or|per|the|to|with)$/;
		const isTitle = (label: string) =>
			label
				.replace(/\(.*\)/, '')
				.split(/[\s-]+/)
				.every((word, i) => (i > 0 && small.test(word)) || !/^[a-z]/.test(word));
		const named = labels.filter((label) => !/^\d+x\d+/.test(label));

		expect(named.filter((label) => !isTitle(label))).toStrictEqual([]);
	});

	it.each(['options', 'executionOptions'])('are sorted in %s', (name) => {
		const inPanel = optionsOf(description, name).map(({ displayName }) => displayName);

		expect(inPanel).toStrictEqual([...inPanel].sort((a, b) => a.localeCompare(b, 'en')));
	});

	it('name each field once', () => {
		for (const name of ['options', 'executionOptions']) {
			const inPanel = optionsOf(description, name).map(({ displayName }) => displayName);
			expect(new Set(inPanel).size).toBe(inPanel.length);
		}
	});

	it('actions are in sentence case, without articles', () => {
		const actions = present(choices.map(({ action }) => action));

		expect(actions).toEqual(expect.arrayContaining(['Edit image', 'Generate image']));
		expect(actions.filter((text) => !/^[A-Z][a-z]*( (?!an? |the )[a-z]+)*$/.test(text))).toEqual(
			[],
		);
	});
});

describe('Descriptions', () => {
	it('begin with a capital letter', () => {
		expect(descriptions.filter((text) => !/^[A-Z0-9"]/.test(text))).toStrictEqual([]);
	});

	it('end with a period only if they have more than one sentence', () => {
		const wrong = descriptions.filter((text) => text.endsWith('.') !== sentences(text).length > 1);

		expect(wrong).toStrictEqual([]);
	});

	it('fit a tooltip: two sentences, 170 characters', () => {
		const long = descriptions.filter((text) => text.length > 170 || sentences(text).length > 2);

		expect(descriptions.length).toBeGreaterThan(50);
		expect(long).toStrictEqual([]);
	});

	// A person copies them, or an agent that builds workflows reads them.
	it.each([
		'model',
		'prompt',
		'images.image.url',
		'images.image.base64',
		'numberOfImages',
		'options.seed',
		'options.negativePrompt',
	])('tell an agent what to write into %s', (path) => {
		const texts = fields.filter((field) => field.path === path);

		expect(texts.length).toBeGreaterThan(0);
		for (const { property } of texts) {
			expect(property.description?.length).toBeGreaterThan(50);
			// The agent sees no other field, so "below" and "above" may only follow what it needs.
			expect(property.description).toMatch(/^(A|The|How|What) /);
		}
	});

	it('of Download Images says how to build without paying for every try', () => {
		const download = fields.find(({ path }) => path === 'options.download')!;

		expect(download.property.description).toMatch(
			/paying for every try; n8n cannot pin binary data/,
		);
	});

	it('of Fallback Model says that it may cost more', () => {
		const fallback = fields.find(({ path }) => path === 'options.fallbackModel')!;

		expect(fallback.property.description).toMatch(/It may cost more\.$/);
	});

	it('begin with Whether for a switch', () => {
		const switches = fields.filter(({ property }) => property.type === 'boolean');

		expect(switches.length).toBeGreaterThan(0);
		for (const { property } of switches) expect(property.description).toMatch(/^Whether /);
	});
});

it('Hints are shorter than 120 characters', () => {
	expect(hints.length).toBeGreaterThan(0);
	expect(hints.filter((hint) => hint.length >= 120)).toStrictEqual([]);
});

it('Placeholders give an example or say what to do', () => {
	const wrong = placeholders.filter((text) => !/^(e\.g\. |Add |Select )/.test(text));

	expect(wrong).toStrictEqual([]);
});

describe('Every text a person may read', () => {
	const messages = ['input', 'execution', 'transport', 'contract', 'methods'].flatMap((folder) =>
		readdirSync(join(NODE, folder)).flatMap((name) => textsIn(join(NODE, folder, name))),
	);
	// A string without a space is a name in the code, not a text.
	const texts = [...labels, ...descriptions, ...hints, ...placeholders, ...credentialTexts].concat(
		messages.filter((text) => text.trim().includes(' ')),
	);

	it('avoids alarming words', () => {
		expect(texts.length).toBeGreaterThan(150);
		// That is what n8n calls two settings.
		const wrong = texts.filter((text) =>
			/\b(errors?|problems?|failures?|failed|fails?)\b/i.test(
				text.replace(/'(On Error|Retry On Fail)'/g, ''),
			),
		);

		expect(wrong).toStrictEqual([]);
	});

	it('has no emoji', () => {
		expect(texts.filter((text) => /\p{Extended_Pictographic}/u.test(text))).toStrictEqual([]);
	});

	it('says data field, not binary property', () => {
		expect(texts.filter((text) => /binary propert/i.test(text))).toStrictEqual([]);
	});
});

/** The noun of this package is "image", in the code as in the texts. */
describe('Nothing is called a picture', () => {
	const filesIn = (folder: string) =>
		readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
			.filter((entry) => entry.isFile())
			.map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
	const folders = [
		'nodes',
		'credentials',
		'simulator',
		'harness',
		'scripts',
		'bench',
		'live',
		'test',
	];
	const papers = readdirSync(ROOT).filter((name) => name.endsWith('.md'));
	const written = filesIn('docs').filter((name) => name.endsWith('.md'));
	const documents = [...papers, ...written, ...filesIn('examples')];
	const files = [...folders.flatMap(filesIn), ...documents].filter(
		(file) => file !== relative(ROOT, __filename),
	);

	it('in the code, the tests, the examples and the documents', () => {
		expect(files.length).toBeGreaterThan(200);
		const wrong = files.filter((file) => /picture/i.test(readFileSync(join(ROOT, file), 'utf8')));

		expect(wrong).toStrictEqual([]);
	});
});
