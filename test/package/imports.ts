/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { dirname, join, relative, sep } from 'node:path';
import ts from 'typescript';
import { sourceFileOf } from '../support/sourceFile';

/** One import of a source file: static, dynamic, a re-export or a require. */
export interface Import {
	/** The name as written, such as `zod` or `../contract/size`. */
	readonly name: string;
	/** The path from the root, with `/`, for a relative import; the name for a package. */
	readonly target: string;
	/** Whether the import disappears when compiled. */
	readonly typesOnly: boolean;
}

/** Every import of a file. */
export function importsOf(root: string, file: string): Import[] {
	const source = sourceFileOf(file);
	const found: Import[] = [];
	const add = (name: ts.Node | undefined, typesOnly: boolean) => {
		if (name === undefined || !ts.isStringLiteralLike(name)) return;
		const path = relative(root, join(dirname(file), name.text))
			.split(sep)
			.join('/');
		found.push({
			name: name.text,
			target: name.text.startsWith('.') ? path : name.text,
			typesOnly,
		});
	};
	const visit = (node: ts.Node): void => {
		if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypesOnly(node));
		else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
		else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
			add(node.argument.literal, true);
		} else if (ts.isExternalModuleReference(node)) add(node.expression, false);
		else if (ts.isCallExpression(node) && isLoad(node.expression)) add(node.arguments[0], false);
		node.forEachChild(visit);
	};
	visit(source);
	return found;
}

function isTypesOnly({ importClause }: ts.ImportDeclaration): boolean {
	if (importClause === undefined) return false;
	if (importClause.isTypeOnly) return true;
	const { name, namedBindings } = importClause;
	if (name !== undefined || namedBindings === undefined || !ts.isNamedImports(namedBindings)) {
		return false;
	}
	return namedBindings.elements.every((element) => element.isTypeOnly);
}

function isLoad(callee: ts.Expression): boolean {
	const isRequire = ts.isIdentifier(callee) && callee.text === 'require';
	return isRequire || callee.kind === ts.SyntaxKind.ImportKeyword;
}
