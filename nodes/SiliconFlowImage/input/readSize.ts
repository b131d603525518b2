import type { Capabilities } from '../contract/catalog';
import { LABELS } from '../contract/labels';
import { CUSTOM_SIZE, MODEL_DEFAULT_SIZE } from '../description/size';
import type { InputItem } from './inputItem';
import { formatValue, whenSet } from './values';

/** The size that an item asks for. */
export interface ChosenSize {
	/** "WIDTHxHEIGHT" as given, unchecked; undefined leaves the size to the model. */
	readonly size?: unknown;
	/** Said beside the output when the size is sent. */
	readonly hints: readonly string[];
}

/** Reads Image Size, and Width and Height where it is custom. */
export function readSize(item: InputItem, model: Capabilities): ChosenSize {
	const chosen = whenSet(item.parameter('imageSize', MODEL_DEFAULT_SIZE));
	const hints = foreignSizeHint(model, chosen);
	if (!model.size || chosen === MODEL_DEFAULT_SIZE) return { hints };
	if (chosen === CUSTOM_SIZE) {
		const width = item.parameter('width', 1024);
		const height = item.parameter('height', 1024);
		return { size: `${String(width)}x${String(height)}`, hints };
	}
	return { size: typeof chosen === 'string' ? chosen.trim().toLowerCase() : chosen, hints };
}

/**
 * A size kept from another model is sent, because custom sizes work too, but the person should know.
 * A model that takes its own sizes only refuses others, so there is nothing to say then.
 */
function foreignSizeHint({ id, size: rule }: Capabilities, chosen: unknown): string[] {
	const sizes = rule?.sizes ?? [];
	if (chosen === undefined || sizes.length === 0 || rule?.closed) return [];
	if ([...sizes, CUSTOM_SIZE, MODEL_DEFAULT_SIZE].includes(String(chosen))) return [];
	return [
		`'${LABELS.imageSize}': ${formatValue(chosen)} is not one of the sizes recommended for ${id} (${sizes.join(', ')}); it was sent anyway`,
	];
}
