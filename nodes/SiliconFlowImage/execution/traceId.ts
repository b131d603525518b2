import type { Access } from '../input/access';

/** SiliconFlow's trace ids have about 30 characters. */
const MAX_CHARACTERS = 100;

/**
 * A trace id as people may read it. It comes in a header, which a gateway may fill with anything, and
 * n8n shows descriptions as HTML: the API key, characters that nobody sees, and angle brackets go.
 *
 * @returns undefined when nothing is left
 */
export function showTraceId({ redact }: Access, traceId?: string): string | undefined {
	const shown = redact(traceId ?? '')
		.replace(/[^!-~]|[<>]/g, '')
		.slice(0, MAX_CHARACTERS);
	return shown === '' ? undefined : shown;
}
