/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { readFileSync } from 'node:fs';
import ts from 'typescript';

/** Every string and template in a source file, except in imports and types. */
export function textsIn(file: string): string[] {
	const source = ts.createSourceFile(
		file,
		readFileSync(file, 'utf8'),
		ts.ScriptTarget.ES2022,
		true,
	);
	const texts: string[] = [];
	const visit = (node: ts.Node): void => {
		if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return;
		if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateTail(node)) {
			texts.push(node.text);
		} else if (ts.isTemplateMiddle(node)) {
			texts.push(node.text);
		}
		node.forEachChild(visit);
	};
	visit(source);
	return texts;
}
