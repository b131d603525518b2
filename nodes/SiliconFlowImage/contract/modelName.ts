import type { Capabilities } from './catalog';

/**
 * What the model list calls a model: its id and what tells it from the others, such as
 * "Kwai-Kolors/Kolors (free)". n8n shows nothing else of an entry.
 *
 * @param mark what else a person should know about this entry; none if empty
 */
export function modelName({ id, trait }: Capabilities, mark = ''): string {
	return `${id} (${[trait, mark].filter((part) => part !== '').join('; ')})`;
}
