import type { Capabilities } from '../contract/catalog';
import { LABELS } from '../contract/labels';
import { spellSize } from '../contract/size';
import { CUSTOM_SIZE, MODEL_DEFAULT_SIZE } from '../description/size';
import type { InputItem } from './inputItem';
import { asText, formatValue, whenSet } from './values';

/** The size that an item asks for. */
export interface ChosenSize {
	/** "WIDTHxHEIGHT" as given, unchecked; undefined leaves the size to the model. */
	readonly size?: unknown;
	/** Said beside the output when the size is sent. */
	readonly hints: readonly string[];
}

/** Reads Image Size, and Width and Height where it is custom. */
export function readSize(item: InputItem, model: Capabilities): ChosenSize {
	const chosen = asText(item.parameter('imageSize', MODEL_DEFAULT_SIZE), spellSize);
	const hints = foreignSizeHint(item, model, chosen);
	if (!model.size || chosen === MODEL_DEFAULT_SIZE) return { hints };
	return { size: chosen === CUSTOM_SIZE ? customSize(item) : chosen, hints };
}

/**
 * Width and Height as one size. n8n drops the values of hidden fields before a run, so a custom size
 * that is kept from another model has neither when the model takes listed sizes only. Nothing stands
 * in for them: the text that is returned then is no size, and the check shows it.
 */
function customSize(item: InputItem): string {
	const width = whenSet(item.parameter('width', ''));
	const height = whenSet(item.parameter('height', ''));
	if (width === undefined && height === undefined) return 'Custom';
	if (width === undefined || height === undefined) {
		return `Custom without a ${width === undefined ? 'width' : 'height'}`;
	}
	return spellSize(`${String(width)}x${String(height)}`);
}

/**
 * A size kept from another model is sent, because custom sizes work too, but the person should know.
 * A model that takes its own sizes only refuses others, so there is nothing to say then.
 */
function foreignSizeHint(
	{ clean }: InputItem,
	{ id, size: rule }: Capabilities,
	chosen: unknown,
): string[] {
	const sizes = rule?.sizes ?? [];
	if (chosen === undefined || sizes.length === 0 || rule?.closed) return [];
	if ([...sizes, CUSTOM_SIZE, MODEL_DEFAULT_SIZE].includes(String(chosen))) return [];
	return [
		`'${LABELS.imageSize}': ${formatValue(chosen, clean)} is not one of the sizes recommended for ${id} (${sizes.join(', ')}); it was sent anyway`,
	];
}
