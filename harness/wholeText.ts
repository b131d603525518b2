/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { inspect } from 'node:util';

/** All that a value holds, hidden properties and error causes included, as text to search for a key. */
export const wholeText = (value: unknown): string =>
	inspect(value, {
		depth: Infinity,
		showHidden: true,
		// Otherwise, what follows the hundredth entry is left out. No list is longer than this; the bytes
		// of an image are.
		maxArrayLength: 10_000,
		maxStringLength: null,
	});
