import { z } from 'zod';
import { inputImageNames, type Capabilities } from './catalog';
import { FIELDS, type Field, type FieldName } from './fields';
import { InlineImage } from './inlineImage';
import type { Operation } from './models';
import { isRatioWithin, sizeRule, sizeViolation } from './size';
import { wholeNumbers } from './wholeNumber';

/** The parts of a model's request schema. */

/** Schema of the size as the model takes it: one field, or two. */
export function sizeShape(model: Capabilities): Record<string, z.ZodTypeAny> {
	const { side } = model.size ?? {};
	if (model.size?.wire === 'width_height' && side) {
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
export function fieldSchema(
	name: FieldName,
	model: Capabilities,
	operation: Operation,
): z.ZodTypeAny {
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
export function wholeNumber(min: number, max: number, rule?: string) {
	const range = wholeNumbers(min, max);
	return z.custom<number>(range.includes, rule ?? range.rule);
}

/** Schema of an input image: the image itself, a data URL, or a URL where the site takes one. */
export function imageSchema(model: Capabilities) {
	const rule = model.images?.acceptsUrl
		? 'must be an image or the http(s) URL of one'
		: 'must be an image';
	return z.custom<InlineImage | string>((value) => {
		if (typeof value !== 'string') return value instanceof InlineImage;
		// startsWith instead of a pattern, because a data URL has millions of characters.
		if (value.startsWith('data:image/')) return true;
		return model.images?.acceptsUrl === true && /^https?:\/\/./i.test(value.slice(0, 10));
	}, rule);
}
