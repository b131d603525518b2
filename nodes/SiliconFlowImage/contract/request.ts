import { z } from 'zod';
import type { Capabilities } from './catalog';
import { FIELDS, LABELS, MAX_SEED, type FieldName } from './fields';
import { fieldSchema, imageSchema, sizeShape, wholeNumber } from './fieldSchema';
import type { InlineImage } from './inlineImage';
import type { Operation } from './models';
import { parseSize } from './size';

/** JSON body of `POST /images/generations`. */
export type RequestBody = Readonly<Record<string, unknown>>;

/** What one request says, in the words of the contract but free of a model's own wire names. */
export interface RequestValues {
	readonly prompt: unknown;
	/** "WIDTHxHEIGHT"; undefined leaves the size to the model. */
	readonly size?: unknown;
	/** Images wanted of this request; sent as `batch_size` when above 1. */
	readonly count?: number;
	readonly fields: Readonly<Partial<Record<FieldName, unknown>>>;
	/** In order: images, data URLs or, where the site takes them, http(s) URLs. */
	readonly images?: ReadonlyArray<InlineImage | string>;
}

/** One value that breaks the contract: which field, and the rule as the end of a sentence. */
export interface Violation {
	readonly label: string;
	readonly rule: string;
}

/**
 * The zod schema of the body that this model takes for this operation. What it returns IS the wire
 * body: it refuses every field the model does not take.
 *
 * Only what zod 3 and zod 4 share is used, because n8n brings its own copy of zod.
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
	if (operation === 'edit') {
		model.images?.wire.forEach((name, position) => {
			const schema = imageSchema(model);
			shape[name] = position === 0 ? schema : schema.optional();
		});
	}
	return z.object(shape).strict();
}

/**
 * Checks the values of one request against the model's contract.
 *
 * @returns the body to send, or every violation found. Fields the model does not take must have
 * been left out before (`unsupportedFields`).
 */
export function buildBody(
	model: Capabilities,
	operation: Operation,
	values: RequestValues,
): { body: RequestBody } | { violations: Violation[] } {
	const parsed = requestSchema(model, operation).safeParse(toWire(model, operation, values));
	if (parsed.success) return { body: parsed.data };
	// zod 3 reports a number that breaks two checks twice, in the same words.
	const violations = new Map<string, Violation>();
	for (const { path, message: rule } of parsed.error.issues) {
		const label = labelOf(String(path[0] ?? ''), model);
		violations.set(`${label} ${rule}`, { label, rule });
	}
	return { violations: [...violations.values()] };
}

/** Of the fields that are set, those this model does not take. */
export function unsupportedFields(model: Capabilities, set: readonly FieldName[]): FieldName[] {
	return set.filter((name) => model.fields[name] === undefined);
}

/** Seed of the k-th request of an item (k from 0). Past the highest seed it begins again at 0. */
export function seedOfRequest(seed: number, k: number): number {
	return (seed + k) % (MAX_SEED + 1);
}

function toWire(model: Capabilities, operation: Operation, values: RequestValues) {
	const wire: Record<string, unknown> = { model: model.id, prompt: values.prompt };
	if (model.size) Object.assign(wire, sizeOnWire(model, values));
	if ((values.count ?? 1) > 1) wire.batch_size = values.count;
	for (const name of Object.keys(model.fields) as FieldName[]) {
		const value = values.fields[name] ?? model.fields[name]?.required;
		if (value !== undefined) wire[name] = value;
	}
	if (operation === 'edit') {
		values.images?.forEach((image, position) => {
			const name = model.images?.wire[position];
			if (name !== undefined) wire[name] = image;
		});
	}
	return wire;
}

function sizeOnWire(model: Capabilities, values: RequestValues): Record<string, unknown> {
	// A ratio that is set takes the place of the size, where the model takes both.
	if (model.fields.aspect_ratio && values.fields.aspect_ratio !== undefined) return {};
	const size = values.size ?? model.size?.sizes[0];
	if (size === undefined) return {};
	if (model.size?.wire === 'image_size') return { image_size: size };
	return { ...(parseSize(String(size)) ?? { width: undefined, height: undefined }) };
}

function labelOf(wire: string, model: Capabilities): string {
	if (wire in FIELDS) return FIELDS[wire as FieldName].label;
	if (model.images?.wire.includes(wire)) return LABELS.images;
	if (wire === 'width' || wire === 'height' || wire === 'image_size') return LABELS.imageSize;
	if (wire === 'batch_size') return LABELS.numberOfImages;
	return wire === 'model' ? LABELS.model : LABELS.prompt;
}
