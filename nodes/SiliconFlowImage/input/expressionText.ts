/**
 * Advice for a value that looks like an expression: typed by hand, it stays text until the field is
 * switched, while n8n's editor switches a pasted one itself.
 *
 * @param label the parameter that holds the value
 * @returns the advice, or undefined for a value without an expression
 */
export function adviceForExpressionText(label: string, value: string): string | undefined {
	if (!value.includes('{{')) return undefined;
	return `This is text, not an expression. Switch '${label}' from Fixed to Expression; the switch appears when you point at the field.`;
}
