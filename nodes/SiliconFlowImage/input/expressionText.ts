import type { INodeProperties, INodePropertyCollection } from 'n8n-workflow';
import { LABELS } from '../contract/labels';
import { asRecord } from '../contract/unknownValue';
import { nodeProperties } from '../description';
import type { ErrorContext } from './refusal';
import { isExpression } from './values';

/**
 * Expressions that were typed as text, such as {{ $json.prompt }} in a field that is not switched to
 * Expression. They would be sent, and billed, in place of what they stand for.
 */

/**
 * One of n8n's own names soon behind two braces, and before the two that close them. Single braces may
 * come between, as in {{ `a ${$json.animal}` }}. No two braces do, so that the time grows with the text.
 */
const EXPRESSION = /\{\{(?:[^{}$]|\{(?!\{)|\}(?!\})|\$(?![A-Za-z(])){0,200}\$[A-Za-z(]/;

/** One of n8n's own names that has lost its braces, or some of them, and nothing else. */
const BARE_EXPRESSION =
	/^=?\s*\{?\s*\$(?:(?:json|input|binary|node|item)\s?[.[(](?:["'][^"'{}]*["']\])?\S*|\(["'][^{}]*)\s*\}{0,2}$/;

/** An expression is short; what is longer is not looked at as a whole. */
const MAX_BARE_CHARACTERS = 1000;

/** Whether a text is, or has inside, an expression of n8n that was not resolved. */
export function isExpressionText(text: string): boolean {
	return (
		EXPRESSION.test(text) ||
		(text.length <= MAX_BARE_CHARACTERS && BARE_EXPRESSION.test(text.trim()))
	);
}

/**
 * Advice for a value that looks like an expression: typed by hand, it stays text until the field is
 * switched, while n8n's editor switches a pasted one itself.
 *
 * @param label the parameter that holds the value
 * @returns the advice, or undefined for a value without an expression
 */
export function adviceForExpressionText(label: string, value: unknown): string | undefined {
	if (typeof value !== 'string' || !(value.includes('{{') || isExpressionText(value))) {
		return undefined;
	}
	return `This is text, not an expression. ${toSwitch(label)}`;
}

function toSwitch(label: string): string {
	return `Switch '${label}' from Fixed to Expression; the switch appears when you point at the field.`;
}

/** Parameters that are not hinted at: n8n alone reads the first two, and the third is refused. */
const NOT_HINTED = ['resource', 'toolDescription', 'prompt'];

/**
 * What to say beside the output about fields that hold the text of an expression, where the step runs
 * all the same. Read as the workflow stores them, because they are the same for every item.
 */
export function expressionTextHints({ context }: Pick<ErrorContext, 'context'>): string[] {
	const labels = new Map(labelsOf(nodeProperties()));
	const found = new Set<string>();
	const look = (value: unknown, label: string) => {
		if (typeof value === 'string') {
			if (!isExpression(value) && isExpressionText(value)) found.add(label);
			return;
		}
		for (const [name, one] of Object.entries(asRecord(value))) {
			look(one, labels.get(name) ?? label);
		}
	};
	for (const [name, value] of Object.entries(context.getNode().parameters)) {
		if (!NOT_HINTED.includes(name)) look(value, labels.get(name) ?? LABELS.options);
	}
	return [...found].map(
		(label) => `'${label}' has the text of an expression in it. ${toSwitch(label)}`,
	);
}

/** The label of every parameter by its name, those inside collections too. */
function labelsOf(
	properties: ReadonlyArray<INodeProperties | INodePropertyCollection>,
): Array<[string, string]> {
	return properties.flatMap((property): Array<[string, string]> => {
		const { name, displayName } = property;
		const inside = 'values' in property ? property.values : (property as INodeProperties).options;
		const nested = (inside ?? []).filter((one) => 'displayName' in one);
		return [[name, displayName], ...labelsOf(nested as INodeProperties[])];
	});
}
