import ts from 'typescript';
import { sourceFileOf } from '../support/sourceFile';

/** Every string and template in a source file, except in imports and types. */
export function textsIn(file: string): string[] {
	const source = sourceFileOf(file);
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
