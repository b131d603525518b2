/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import ts from 'typescript';
import { SiliconFlowImageApi } from '../../credentials/SiliconFlowImageApi.credentials';
import { SiliconFlowImage } from '../../nodes/SiliconFlowImage/SiliconFlowImage.node';
import { LABELS } from '../../nodes/SiliconFlowImage/contract/labels';
import { sourceFileOf } from '../support/sourceFile';
import { walk } from './walk';

/** A message names a field by its label in 'single quotes'; a person must find that label. */

const NODE = join(__dirname, '..', '..', 'nodes', 'SiliconFlowImage');
const MESSAGES = ['input', 'execution', 'transport', 'contract', 'methods'].flatMap((folder) =>
	readdirSync(join(NODE, folder)).map((name) => join(NODE, folder, name)),
);

const shown = new Set(
	[
		...walk(new SiliconFlowImage().description.properties),
		...walk(new SiliconFlowImageApi().properties),
	].flatMap(({ property }) => [property.displayName, ...choicesOf(property)]),
);

/** The entries of a list, which a message may name too. */
function choicesOf({ type, options = [] }: INodeProperties): string[] {
	return type === 'options' ? options.map((option) => (option as INodePropertyOptions).name) : [];
}

/** Stands for a part of a text that is not known before the run. */
const UNKNOWN = '\u2026';

/** Names in single quotes in the texts of a source file. An apostrophe in a word quotes nothing. */
function quotedNames(file: string): string[] {
	const source = sourceFileOf(file);
	const texts: string[] = [];
	const visit = (node: ts.Node): void => {
		if (ts.isStringLiteralLike(node)) texts.push(node.text);
		if (ts.isTemplateExpression(node)) texts.push(wholeText(node));
		node.forEachChild(visit);
	};
	visit(source);
	return texts
		.flatMap((text) => [...text.matchAll(new RegExp(`(?<![\\w${UNKNOWN}])'([^']+)'(?!\\w)`, 'g'))])
		.map(([, name]) => name)
		.filter((name) => !name.includes(UNKNOWN));
}

function wholeText({ head, templateSpans }: ts.TemplateExpression): string {
	const filled = templateSpans.map(({ expression, literal }) => {
		const [, name] = /^LABELS\.(\w+)$/.exec(expression.getText()) ?? [];
		return (name in LABELS ? LABELS[name as keyof typeof LABELS] : UNKNOWN) + literal.text;
	});
	return head.text + filled.join('');
}

/** What n8n itself calls settings that every step has, and a choice of one. */
const OF_N8N = ['On Error', 'Continue', 'Retry On Fail', 'Execute Once'];

it('Every name in single quotes is a label of the panel, the credential or of n8n', () => {
	const known = (name: string) => shown.has(name) || OF_N8N.includes(name);
	const unknown = MESSAGES.flatMap(quotedNames).filter((name) => !known(name));

	expect(unknown).toStrictEqual([]);
});

it('Every label that messages use is one of the panel or the credential', () => {
	expect(Object.values(LABELS).filter((label) => !shown.has(label))).toStrictEqual([]);
});

it('The look at the texts finds what is there', () => {
	expect(MESSAGES.flatMap(quotedNames)).toEqual(
		expect.arrayContaining(['Base URL', 'Images', 'Options', 'Input Data Field Name']),
	);
	const folder = mkdtempSync(join(tmpdir(), 'quoted-'));
	const file = join(folder, 'sample.ts');
	writeFileSync(
		file,
		"const a = \"n8n's 'First' and the service's 'Second'.\";\n" +
			"const b = `'${LABELS.timeout}' of ${a}'s '${label}', or 'Third'`; // 'Fourth'\n",
	);
	const found = quotedNames(file);
	rmSync(folder, { recursive: true });

	expect(found).toStrictEqual(['First', 'Second', 'Timeout', 'Third']);
});
