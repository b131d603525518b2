import {
	capabilitiesOf,
	inputImageNames,
	modelIdsFor,
	modelName,
	type Capabilities,
} from '../contract/catalog';
import type { Region } from '../contract/credential';
import { LABELS } from '../contract/labels';
import { formatCount } from '../contract/numbers';
import { buildBody, type RequestBody } from '../contract/request';
import { ALL_ITEMS, EACH_ITEM } from '../description/images';
import type { Access } from './access';
import type { InputImage } from './inputImage';
import type { Job } from './readJob';

/** Stands for an input image while the rest of the request is checked. */
export const IMAGE_PLACEHOLDER = 'data:image/png;base64,';

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
	const placeholders = images.map(() => IMAGE_PLACEHOLDER);
	const built = buildBody(model, operation, { ...values, images: placeholders });
	if ('violations' in built) {
		const [first, ...others] = built.violations;
		const more = others.map((violation) => item.describe(violation)).join('; ');
		const rest = more === '' ? '' : ` Also: ${more}.`;
		return item.refuseValue(first, `Model: ${item.show(model.id)}. Nothing was sent.${rest}`);
	}
	refuseOtherCapitals(job, built.body);
	const hints: string[] = [];
	for (const image of images) {
		const hint = await image.check();
		if (hint !== undefined) hints.push(hint);
	}
	return [...hints, ...(await repeatedImageHints(job)), ...collisionHint(job, built.body)];
}

/**
 * A new entry starts with the name of the usual field, so the same file is easily given twice. A URL
 * may lead to another image each time, and SiliconFlow's own example repeats one: that is only said.
 *
 * @throws NodeOperationError when it is certain that an image is given twice
 */
async function repeatedImageHints({ items, images }: Job): Promise<string[]> {
	if (images.length < 2) return [];
	const seen = new Map<string, InputImage>();
	const hints: string[] = [];
	for (const image of images) {
		const { key, isCertain } = await image.identity();
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

/** Some gateways read names whatever their capitals are, so such a field would win over the node's own. */
function refuseOtherCapitals({ item, additionalFields }: Job, body: RequestBody): void {
	const other = Object.keys(additionalFields).find(
		(name) => !Object.hasOwn(body, name) && Object.hasOwn(body, name.toLowerCase()),
	);
	if (other === undefined) return;
	item.refuse(
		`'${LABELS.additionalBodyFields}' sets ${item.show(other)}, which differs only in its capitals from what this node sends`,
		'Remove it, and use the parameter of this step instead. Nothing was sent.',
	);
}

function collisionHint({ item, additionalFields }: Job, body: RequestBody): string[] {
	const doubled = Object.keys(additionalFields).filter((name) => Object.hasOwn(body, name));
	if (doubled.length === 0) return [];
	return [
		`'${LABELS.additionalBodyFields}' sets ${item.showList(doubled)}, which this node also sets; the value of the node was sent`,
	];
}

/**
 * n8n reads the list of entries before it resolves expressions: one in place of the list gives no
 * entries, and one in place of the entries gives an empty entry for each of its characters.
 */
const EXPRESSIONS = `Expressions work in the fields of an entry, not for '${LABELS.images}' as a whole.`;

/**
 * Checks that a job has as many input images as its model takes. Where several items give too many, the
 * first ones must exist, because items without files are the nearer mistake.
 *
 * @throws NodeOperationError with `itemIndex`, naming both numbers
 */
async function checkImageCount(job: Job, region: Region): Promise<void> {
	const { items, item, model, operation, images } = job;
	const given = images.length;
	const most = inputImageNames(model, operation).length;
	if (given <= most && (given > 0 || most === 0)) return;
	const takes = `'${LABELS.images}': ${item.show(model.id)} takes ${allowedImages(most)}`;
	if (given === 0) {
		item.refuse(
			`${takes}, but 0 are given`,
			`Add an image under '${LABELS.images}'. ${EXPRESSIONS}`,
		);
	}
	if (items.length > 1) for (const image of images.slice(0, most + 1)) await image.check();
	refuseTooMany(job, takes, most, region);
}

/** How many input images a model takes, in words. */
export function allowedImages(most: number): string {
	return most === 1 ? 'exactly 1 image' : `1 to ${most} images`;
}

function refuseTooMany(job: Job, takes: string, most: number, region: Region): never {
	const { items, item, images } = job;
	const given = images.length;
	const tooMany = formatCount(given - most, 'image');
	const larger = modelTakingMore(job, most, region);
	const chooseLarger =
		larger === undefined ? '' : `choose a model that takes more, such as ${larger}, or `;
	if (items.length > 1) {
		images[most].item.refuse(
			`${takes}, but ${given} are given by ${formatCount(items.length, 'input item')} together`,
			`'${LABELS.imagesFrom}' is ${ALL_ITEMS.name}, so the images of every item count: ${tooMany} too many. ${sentence(`${chooseLarger}use fewer input items, for example with a Limit step, or ${EACH_ITEM.name}`)}. Nothing was sent.`,
		);
	}
	return item.refuse(
		`${takes}, but ${given} are given`,
		`${sentence(`${chooseLarger}remove ${tooMany}`)}. Each name in '${LABELS.inputDataFieldName}' counts as an image. ${EXPRESSIONS}`,
	);
}

const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** The model of this region that takes the most input images, if it takes more than this one. */
function modelTakingMore({ operation }: Job, most: number, region: Region): string | undefined {
	const countFor = (model: Capabilities) => inputImageNames(model, operation).length;
	const larger = modelIdsFor(operation, region)
		.map((id) => capabilitiesOf(id, region))
		.filter((model) => countFor(model) > most)
		.sort((one, other) => countFor(other) - countFor(one));
	return larger.length > 0 ? modelName(larger[0]) : undefined;
}
