import { LABELS } from '../contract/labels';
import { buildBody, type RequestBody } from '../contract/request';
import { ALL_ITEMS } from '../description/images';
import type { Access } from './access';
import { checkImageCount } from './imageCount';
import type { InputImage } from './inputImage';
import type { Job } from './readJob';
import { describeViolation, formatList, formatValue } from './values';

/** Stands for an input image while the rest of the request is checked. */
const PLACEHOLDER = 'data:image/png;base64,';

/**
 * Checks a whole job before anything is sent: the contract, the number of input images, and that each
 * of them exists, is an image and is not given twice. The images are not kept.
 *
 * @returns hints to show beside the output
 * @throws NodeOperationError with `itemIndex`, naming the parameter and the values it may have
 */
export async function checkJob(job: Job, { region }: Access): Promise<string[]> {
	const { item, model, operation, images, values } = job;
	await checkImageCount(job, region);
	const placeholders = images.map(() => PLACEHOLDER);
	const built = buildBody(model, operation, { ...values, images: placeholders });
	if ('violations' in built) {
		const [first, ...others] = built.violations.map((violation) =>
			describeViolation(violation, item.clean),
		);
		const rest = others.length > 0 ? ` Also: ${others.join('; ')}.` : '';
		return item.refuse(
			first,
			`Model: ${formatValue(model.id, item.clean)}. Nothing was sent.${rest}`,
		);
	}
	for (const image of images) await image.check();
	return [...repeatedImageHints(job), ...collisionHint(job, built.body)];
}

/**
 * A new entry starts with the name of the usual field, so the same file is easily given twice. A URL
 * may lead to another image each time, and SiliconFlow's own example repeats one: that is only said.
 *
 * @throws NodeOperationError when it is certain that an image is given twice
 */
function repeatedImageHints({ items, images }: Job): string[] {
	if (images.length < 2) return [];
	const seen = new Map<string, InputImage>();
	const hints: string[] = [];
	for (const image of images) {
		const { key, isCertain } = image.identity();
		const first = seen.get(key);
		if (first === undefined) seen.set(key, image);
		else if (isCertain) refuseRepeated(items, image, first);
		else {
			hints.push(`'${LABELS.images}' has ${image.title} more than once, and it was sent each time`);
		}
	}
	return hints;
}

function refuseRepeated(
	items: Job['items'],
	{ item, title }: InputImage,
	first: InputImage,
): never {
	const message = `'${LABELS.images}' has the same image twice: ${title}`;
	if (first.item !== item) {
		item.refuse(
			`${message} of item ${item.index}, which item ${first.item.index} has too`,
			`'${LABELS.imagesFrom}' is ${ALL_ITEMS.name}, so each item must give other images. Change the entry or remove one of the items. Nothing was sent.`,
		);
	}
	const isAlone = items.length > 1 || item.context.getInputData().length === 1;
	const combine = isAlone
		? ''
		: ` To combine the images of several items, set '${LABELS.imagesFrom}' to ${ALL_ITEMS.name}.`;
	return item.refuse(
		message,
		`Replace it or remove it. A new entry starts with the name data in '${LABELS.inputDataFieldName}'.${combine} Nothing was sent.`,
	);
}

function collisionHint({ item, additionalFields }: Job, body: RequestBody): string[] {
	const doubled = Object.keys(additionalFields).filter((name) => Object.hasOwn(body, name));
	if (doubled.length === 0) return [];
	return [
		`'${LABELS.additionalBodyFields}' sets ${formatList(doubled, item.clean)}, which this node also sets; the value of the node was sent`,
	];
}
