import type { Capabilities } from '../contract/catalog';
import { LABELS } from '../contract/labels';
import { OPERATIONS, takesImages, type Operation } from '../contract/operations';
import { nearestSize, normalizeSize, parseRatio, ratiosOf } from '../contract/size';
import {
	CUSTOM_SIZE,
	MATCH_INPUT_SIZE,
	MODEL_DEFAULT_SIZE,
	NAMED_CHOICES,
} from '../description/imageSize';
import type { InputItem } from './inputItem';
import { asText, choiceOf, isExpression, whenSet } from './values';

/** The size that an item asks for. */
export interface ChosenSize {
	/** "WIDTHxHEIGHT" as given, unchecked; undefined leaves the size to the model. */
	readonly size?: unknown;
	/** Whether the first input image decides instead, when it is loaded (`execution/sendRequest`). */
	readonly matchesInput?: boolean;
	/** Said beside the output. */
	readonly hints: readonly string[];
}

/**
 * Reads Image Size, and Width and Height where it is custom. An empty text means what a new step
 * starts with.
 *
 * @throws NodeOperationError with `itemIndex` for a fixed size that the model's list does not have, for
 * a ratio that the model has no size of, and for an input image to match where there is none
 */
export function readSize(item: InputItem, operation: Operation, model: Capabilities): ChosenSize {
	const given = asText(item.parameter('imageSize', MODEL_DEFAULT_SIZE), normalizeSize);
	const hasSizes = model.size !== undefined && model.size.sizes.length > 0;
	const initial = takesImages(operation) && hasSizes ? MATCH_INPUT_SIZE : MODEL_DEFAULT_SIZE;
	const chosen = choiceOf(NAMED_CHOICES, given)?.value ?? given ?? initial;
	if (!model.size) return { hints: sizeLeftOut(item, model, chosen) };
	if (chosen === MODEL_DEFAULT_SIZE) return { hints: [] };
	if (chosen === MATCH_INPUT_SIZE) return matchInput(item, operation, model);
	if (chosen === CUSTOM_SIZE) return asGiven(item, model, customSize(item));
	refuseUnlisted(item, model, chosen);
	const ratio = typeof chosen === 'string' ? parseRatio(chosen) : undefined;
	// Without known sizes, the check says what a size looks like.
	if (ratio === undefined || !hasSizes) return asGiven(item, model, chosen);
	const nearest = nearestSize(model, ratio);
	if (nearest?.fits) return { size: nearest.size, hints: [] };
	return item.refuse(
		`'${LABELS.imageSize}': ${item.show(model.id)} has no size with the ratio ${item.show(chosen)}`,
		`It has these ratios: ${ratiosOf(model).join(', ')}. Enter one of them, or a width and a height such as ${model.size.sizes[0]}. Nothing was sent.`,
	);
}

function matchInput(item: InputItem, operation: Operation, model: Capabilities): ChosenSize {
	if (!takesImages(operation)) {
		return item.refuse(
			`'${LABELS.imageSize}' cannot be '${LABELS.matchInput}' for ${OPERATIONS[operation].label}, because there is no input image`,
			'Choose another size. Nothing was sent.',
		);
	}
	if (model.size?.sizes.length) return { matchesInput: true, hints: [] };
	return {
		hints: [
			`'${LABELS.imageSize}': no sizes of ${item.show(model.id)} are known, so the size was left to the model`,
		],
	};
}

/**
 * Width and Height as one size. n8n drops the values of hidden fields before a run, so a custom size
 * that is kept from another model has neither when the model takes listed sizes only. Nothing stands
 * in for them: the text that is returned then is no size, and the check shows it.
 */
function customSize(item: InputItem): string {
	const width = whenSet(item.parameter('width', ''));
	const height = whenSet(item.parameter('height', ''));
	if (width === undefined && height === undefined) return LABELS.customSize;
	if (width === undefined || height === undefined) {
		return `${LABELS.customSize} without a ${width === undefined ? 'width' : 'height'}`;
	}
	return normalizeSize(`${String(width)}x${String(height)}`);
}

/**
 * A size that is kept from another model is red in the panel ("not supported!"), so it must not be sent
 * and billed. The list is of one model only where the model is fixed, and neither an expression
 * nor the text of a tool is chosen from a list.
 */
function refuseUnlisted(item: InputItem, model: Capabilities, chosen: unknown): void {
	const { sizes = [], listedOnly } = model.size ?? {};
	const isKept =
		!item.isTool &&
		!isExpression(item.parameter('imageSize', '', { rawExpressions: true })) &&
		!isExpression(item.parameter('model', '', { rawExpressions: true }));
	if (!model.known || !isKept || sizes.includes(String(chosen))) return;
	const rule = `must be one of ${sizes.join(', ')}`;
	const custom = listedOnly ? '' : ` For another size, choose '${LABELS.customSize}'.`;
	item.refuseValue(
		{ label: LABELS.imageSize, rule, value: chosen },
		`Model: ${item.show(model.id)}. Choose one of its sizes from the list.${custom} Nothing was sent.`,
	);
}

/**
 * Other sizes than the recommended ones work too, so one is sent, but the person should know. A model
 * that takes its own sizes only refuses others, so there is nothing to say then.
 */
function asGiven(item: InputItem, { id, size: rule }: Capabilities, size: unknown): ChosenSize {
	const sizes = rule?.sizes ?? [];
	if (sizes.length === 0 || rule?.listedOnly || sizes.includes(String(size)))
		return { size, hints: [] };
	const hint = `'${LABELS.imageSize}': ${item.show(size)} is not one of the sizes recommended for ${item.show(id)} (${sizes.join(', ')}); it was sent anyway`;
	return { size, hints: [hint] };
}

/** Only a model by expression can be given a size that it does not take, because the panel shows none. */
function sizeLeftOut(item: InputItem, model: Capabilities, chosen: unknown): string[] {
	if (chosen === MATCH_INPUT_SIZE || chosen === MODEL_DEFAULT_SIZE) return [];
	return [`${item.show(model.id)} does not take '${LABELS.imageSize}', so it was left out`];
}
