/**
 * The entry of a list in the panel that a value means. An expression may give its stored value or its
 * name, in any case and with blanks around it.
 *
 * @returns undefined when it means none of them
 */
export function choiceOf<C extends { readonly name: string; readonly value: string }>(
	choices: readonly C[],
	given: unknown,
): C | undefined {
	if (typeof given !== 'string') return undefined;
	const word = given.trim().toLowerCase();
	return choices.find(({ name, value }) =>
		[value, name].some((each) => each.toLowerCase() === word),
	);
}
