import type { IExecuteFunctions } from 'n8n-workflow';
import { FIELD_NAMES, FIELDS, LABELS } from '../contract/fields';
import { buildBody, type RequestBody, type Violation } from '../contract/request';
import { refuseItem } from './nodeError';
import type { Order } from './readJob';
import { shown } from './values';

/** Stands for an input image while the rest of the request is checked. */
const SOME_IMAGE = 'data:image/png;base64,';

/**
 * Checks one order as a whole before anything is sent: the contract, the number of input images, and
 * that each of them is there and is an image. What was looked at is let go.
 *
 * @returns hints to be shown beside the output
 * @throws NodeOperationError with `itemIndex`, naming the field and the allowed values
 */
export async function checkOrder(context: IExecuteFunctions, order: Order): Promise<string[]> {
	const { itemIndex, model, operation, images, values } = order;
	const refuse = (message: string, description: string) =>
		refuseItem(context, itemIndex, message, description);
	const places = operation === 'edit' ? (model.images?.wire.length ?? 0) : 0;
	if (operation === 'edit' && (images.length === 0 || images.length > places)) {
		const allowed = places === 1 ? 'exactly 1 image' : `1 to ${places} images`;
		refuse(
			`'${LABELS.images}': ${model.id} takes ${allowed}, but ${images.length} are given`,
			images.length === 0
				? "Add an image under 'Images'."
				: "Remove the images that are too many. Several names in one 'Input Data Field Name' count as several images.",
		);
	}
	const placeholders = images.map(() => SOME_IMAGE);
	const built = buildBody(model, operation, { ...values, images: placeholders });
	if ('violations' in built) {
		const [first, ...others] = built.violations.map((violation) => sentence(violation, order));
		const rest = others.length > 0 ? ` Also: ${others.join('; ')}.` : '';
		refuse(first, `Model: ${model.id}. Nothing was sent.${rest}`);
	}
	for (const image of images) await image.check();
	return 'body' in built ? collisionHint(order, built.body) : [];
}

function collisionHint({ additionalFields }: Order, body: RequestBody): string[] {
	const doubled = Object.keys(additionalFields).filter((name) => name in body);
	if (doubled.length === 0) return [];
	return [
		`'${LABELS.additionalBodyFields}' sets ${doubled.join(', ')}, which this node sets itself; the value of the node was sent`,
	];
}

function sentence({ label, rule }: Violation, { values }: Order): string {
	const field = FIELD_NAMES.find((name) => FIELDS[name].label === label);
	const value = field
		? values.fields[field]
		: label === LABELS.imageSize
			? values.size
			: values.prompt;
	const given = typeof value === 'string' && value.trim() === '' ? '' : `, but is ${shown(value)}`;
	return `'${label}' ${rule}${given}`;
}
