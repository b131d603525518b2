import ts from 'typescript';
import { FIELDS } from '../../nodes/SiliconFlowImage/contract/fields';
import { EXECUTION_NUMBERS } from '../../nodes/SiliconFlowImage/description/executionOptions';
import { sourceFileOf } from '../support/sourceFile';

/** The names that `collection[name]` can read if the name comes from a table. */
const TABLES: Readonly<Record<string, readonly string[]>> = {
	options: Object.values(FIELDS).map(({ parameter }) => parameter),
	executionOptions: Object.keys(EXECUTION_NUMBERS),
};

/** The calls that read a parameter: n8n's own, and the one of `InputItem` that hands it on. */
const READERS = ['getNodeParameter', 'parameter'];

/**
 * The paths of the parameters that a source file reads: `item.parameter('name')`, and the properties
 * of variables that hold its result, such as `options.seed`.
 *
 * @throws Error for a parameter whose name is not written out, because it could be any
 */
export function readNames(file: string): string[] {
	const source = sourceFileOf(file);
	const holders = new Map<string, string>();
	const names = new Set<string>();

	each(source, (node) => {
		const name = parameterRead(node);
		if (name === undefined) return;
		names.add(name);
		const holder = holderOf(node);
		if (holder !== undefined) holders.set(holder, name);
	});
	each(source, (node) => {
		// `entries.flatMap((entry) => ...)`: the entry has the path of the list.
		const looped = loopVariable(node, holders);
		if (looped) holders.set(looped.variable, looped.path);
	});
	each(source, (node) => {
		const isRead = ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node);
		if (!isRead || !ts.isIdentifier(node.expression)) return;
		const path = holders.get(node.expression.text);
		if (path === undefined || isMethodCall(node)) return;
		const inside = ts.isPropertyAccessExpression(node) ? [node.name.text] : (TABLES[path] ?? []);
		for (const name of inside) names.add(`${path}.${name}`);
	});
	return [...names];
}

function each(node: ts.Node, visit: (node: ts.Node) => void): void {
	visit(node);
	node.forEachChild((child) => each(child, visit));
}

function parameterRead(node: ts.Node): string | undefined {
	if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return;
	if (!READERS.includes(node.expression.name.text)) return;
	const [name] = node.arguments;
	if (ts.isStringLiteralLike(name)) return name.text;
	if (isHandedOn(node, name)) return;
	throw new Error(`A parameter with a computed name: ${node.getText()}`);
}

/** Whether a method `parameter(name)` gives its own name on to n8n: its callers are looked at. */
function isHandedOn(call: ts.CallExpression, name: ts.Expression): boolean {
	const method = ts.findAncestor(call, ts.isMethodDeclaration);
	const [first] = method?.parameters ?? [];
	return (
		method?.name.getText() === 'parameter' &&
		first.name.getText() === name.getText() &&
		(call.expression as ts.PropertyAccessExpression).name.text === 'getNodeParameter'
	);
}

/** The variable that a value is assigned to, through `as` casts and surrounding calls. */
function holderOf(node: ts.Node): string | undefined {
	let parent = node.parent;
	while (ts.isAsExpression(parent) || ts.isParenthesizedExpression(parent)) parent = parent.parent;
	return ts.isVariableDeclaration(parent) && ts.isIdentifier(parent.name)
		? parent.name.text
		: undefined;
}

function loopVariable(node: ts.Node, holders: ReadonlyMap<string, string>) {
	if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return;
	const { expression: list } = node.expression;
	const path = ts.isIdentifier(list) ? holders.get(list.text) : undefined;
	const [callback] = node.arguments;
	if (path === undefined || callback === undefined || !ts.isArrowFunction(callback)) return;
	const [variable] = callback.parameters;
	return variable && ts.isIdentifier(variable.name)
		? { variable: variable.name.text, path }
		: undefined;
}

function isMethodCall(node: ts.Node): boolean {
	return ts.isCallExpression(node.parent) && node.parent.expression === node;
}
