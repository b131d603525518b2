import { z } from 'zod';
import { inputImageNames, type Capabilities } from './catalog';
import { FIELDS, MAX_SEED, type Field, type FieldName } from './fields';
import { InlineImage } from './inlineImage';
import { LABELS } from './labels';
import { wholeNumbers } from './numbers';
import type { Operation } from './operations';
import { isRatioWithin, parseSize, sizeRule, sizeViolation } from './size';
import { isHttpUrl } from './unknownValue';

/** JSON body of `POST /images/generations`. */
export type RequestBody = Readonly<Record<string, unknown>>;

/** What one request asks for, independent of a model's own wire names. */
export interface RequestValues {
	readonly prompt: unknown;
	/** "WIDTHxHEIGHT"; undefined leaves the size to the model. */
	readonly size?: unknown;
	/** Number of images this request asks for; sent as `batch_size` when above 1. */
	readonly count?: number;
	readonly fields: Readonly<Partial<Record<FieldName, unknown>>>;
	/** In order: images, data URLs or, if the site takes them, http(s) URLs. */
	readonly images?: ReadonlyArray<InlineImage | string>;
}

/** One value that breaks the contract. */
export interface Violation {
	/** Label of the field in the panel. */
	readonly label: string;
	/** The rule it breaks, as the end of a sentence that begins with the label. */
	readonly rule: string;
	/** As it was given; undefined when it was not set. */
	readonly value: unknown;
}

/**
 * The zod schema of the body that this model takes for this operation. The parsed value IS the wire
 * body; a field that the model does not take is refused.
 *
 * It uses only what zod 3 and zod 4 share, because n8n provides its own copy of zod.
 */
export function requestSchema(model: Capabilities, operation: Operation) {
	const shape: Record<string, z.ZodTypeAny> = {
		model: z.string().min(1, 'must not be empty'),
		prompt: z
			.string({ message: 'must be text' })
			.refine((text) => text.trim() !== '', 'must not be empty'),
	};
	if (model.size) Object.assign(shape, sizeShape(model));
	if (model.imagesPerRequest > 1) {
		shape.batch_size = wholeNumber(2, model.imagesPerRequest).optional();
	}
	for (const name of Object.keys(model.fields) as FieldName[]) {
		const schema = fieldSchema(name, model, operation);
		shape[name] = model.fields[name]?.required === undefined ? schema.optional() : schema;
	}
	inputImageNames(model, operation).forEach((name, position) => {
		const schema = imageSchema(model);
		shape[name] = position === 0 ? schema : schema.optional();
	});
	return z.object(shape).strict();
}

/**
 * Checks the values of one request against the model's contract.
 *
 * @returns the body to send, or every violation found. Fields that the model does not take must be
 * left out first (`unsupportedFields`).
 */
export function buildBody(
	model: Capabilities,
	operation: Operation,
	values: RequestValues,
): { body: RequestBody } | { violations: Violation[] } {
	const wire = toWire(model, operation, values);
	const parsed = requestSchema(model, operation).safeParse(wire);
	if (parsed.success) return { body: parsed.data };
	// Width and height break the rule of the one size together, and zod 3 reports a number that breaks
	// two checks twice: each rule is reported once.
	const violations = new Map<string, Violation>();
	for (const { path, message: rule } of parsed.error.issues) {
		const name = String(path[0] ?? '');
		const label = labelOf(name, model);
		const value = label === LABELS.imageSize ? values.size : wire[name];
		violations.set(`${label} ${rule}`, { label, rule, value });
	}
	return { violations: [...violations.values()] };
}

/** Which of the fields that are set this model does not take. */
export function unsupportedFields(model: Capabilities, set: readonly FieldName[]): FieldName[] {
	return set.filter((name) => model.fields[name] === undefined);
}

/**
 * Seed of a request for an item.
 *
 * @param seed the one that was set
 * @param position of the request's first image among those of the item, from 0
 * @returns `seed + position`; after the highest seed it starts again at 0
 */
export function seedOfRequest(seed: number, position: number): number {
	return (seed + position) % (MAX_SEED + 1);
}

/** Whether a ratio is sent in place of the size: if the model takes both, a ratio that is set wins. */
export function isSizeReplaced(
	model: Capabilities,
	{ fields }: Pick<RequestValues, 'fields'>,
): boolean {
	return model.fields.aspect_ratio !== undefined && fields.aspect_ratio !== undefined;
}

function toWire(model: Capabilities, operation: Operation, values: RequestValues) {
	const wire: Record<string, unknown> = { model: model.id, prompt: values.prompt };
	if (model.size) Object.assign(wire, sizeOnWire(model, values));
	if ((values.count ?? 1) > 1) wire.batch_size = values.count;
	for (const name of Object.keys(model.fields) as FieldName[]) {
		const value = values.fields[name] ?? model.fields[name]?.required;
		if (value !== undefined) wire[name] = value;
	}
	inputImageNames(model, operation).forEach((name, position) => {
		const image = values.images?.[position];
		if (image !== undefined) wire[name] = image;
	});
	return wire;
}

function sizeOnWire(model: Capabilities, values: RequestValues): Record<string, unknown> {
	if (isSizeReplaced(model, values)) return {};
	const size = values.size ?? model.size?.sizes[0];
	if (size === undefined) return {};
	if (model.size?.sentAs === 'image_size') return { image_size: size };
	return { ...(parseSize(String(size)) ?? { width: undefined, height: undefined }) };
}

function labelOf(wire: string, model: Capabilities): string {
	if (Object.hasOwn(FIELDS, wire)) return FIELDS[wire as FieldName].label;
	if (model.images?.names.includes(wire)) return LABELS.images;
	if (wire === 'width' || wire === 'height' || wire === 'image_size') return LABELS.imageSize;
	if (wire === 'batch_size') return LABELS.numberOfImages;
	return wire === 'model' ? LABELS.model : LABELS.prompt;
}

// The parts of a model's request schema.

/** Schema of the size as the model takes it: one field, or two. */
function sizeShape(model: Capabilities): Record<string, z.ZodTypeAny> {
	const { side } = model.size ?? {};
	if (model.size?.sentAs === 'width_height' && side) {
		const rule = sizeRule(model);
		const length = wholeNumber(side.min, side.max, rule);
		const multiple = length.refine((n) => n % side.multipleOf === 0, rule);
		return { width: multiple, height: multiple };
	}
	const size = z.string({ message: sizeRule(model) }).superRefine((text, context) => {
		const message = sizeViolation(text, model);
		if (message !== undefined) context.addIssue({ code: 'custom', message });
	});
	const isNeeded = model.known && model.fields.aspect_ratio === undefined;
	return { image_size: isNeeded ? size : size.optional() };
}

/** Schema of one request field, in the range this model and operation allow. */
function fieldSchema(name: FieldName, model: Capabilities, operation: Operation): z.ZodTypeAny {
	const field: Field = FIELDS[name];
	switch (field.kind) {
		case 'text':
			return z.string({ message: 'must be text' });
		case 'switch':
			return z.boolean({ message: 'must be true or false' });
		case 'choice': {
			const rule = `must be ${field.choices.join(' or ')}`;
			return z.string({ message: rule }).refine((choice) => field.choices.includes(choice), rule);
		}
		case 'ratio': {
			const { narrowest, widest } = field;
			const rule = `must be a ratio such as 16:9, between ${narrowest} and ${widest}`;
			return z
				.string({ message: rule })
				.refine((ratio) => isRatioWithin(ratio, narrowest, widest), rule);
		}
	}
	const limits = model.fields[name] ?? {};
	const highest = limits.max ?? field.max;
	const { min = field.min, maxWithImages = highest } = limits;
	const max = inputImageNames(model, operation).length > 0 ? maxWithImages : highest;
	if (field.kind === 'integer') return wholeNumber(min, max);
	const rule = `must be a number from ${min} to ${max}`;
	return z.number({ message: rule }).min(min, rule).max(max, rule);
}

/** Schema of a whole number in a range. Every violation is reported by the same rule. */
function wholeNumber(min: number, max: number, rule?: string) {
	const range = wholeNumbers(min, max);
	return z.custom<number>(range.includes, rule ?? range.rule);
}

/** Schema of an input image: the image itself, a data URL, or a URL where the site takes one. */
function imageSchema(model: Capabilities) {
	const rule = model.images?.acceptsUrl
		? 'must be an image or the http(s) URL of one'
		: 'must be an image';
	return z.custom<InlineImage | string>((value) => {
		if (typeof value !== 'string') return value instanceof InlineImage;
		// startsWith instead of a pattern, because a data URL has millions of characters.
		if (value.startsWith('data:image/')) return true;
		return model.images?.acceptsUrl === true && isHttpUrl(value);
	}, rule);
}
