import type { CleanText } from '../contract/sanitize';

/** SiliconFlow's trace ids have about 30 characters. */
const MAX_CHARACTERS = 100;

/**
 * A trace id as people may read it. It comes in a header, which a gateway may fill with anything.
 *
 * @returns undefined when nothing is left
 */
export function showTraceId(clean: CleanText, traceId?: string): string | undefined {
	const shown = clean((traceId ?? '').replace(/[^ -~]/g, ''), MAX_CHARACTERS);
	return shown === '' ? undefined : shown;
}
