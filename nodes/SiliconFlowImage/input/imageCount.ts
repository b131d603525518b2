import {
	capabilitiesOf,
	inputImageNames,
	modelIdsFor,
	type Capabilities,
	type Region,
	modelName,
} from '../contract/catalog';
import { LABELS } from '../contract/labels';
import { countOf } from '../contract/numbers';
import { ALL_ITEMS, EACH_ITEM } from '../description/images';
import type { Job } from './readJob';
import { formatValue } from './values';

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
export async function checkImageCount(job: Job, region: Region): Promise<void> {
	const { items, item, model, operation, images } = job;
	const given = images.length;
	const most = inputImageNames(model, operation).length;
	if (given <= most && (given > 0 || most === 0)) return;
	const allowed = most === 1 ? 'exactly 1 image' : `1 to ${most} images`;
	const takes = `'${LABELS.images}': ${formatValue(model.id, item.clean)} takes ${allowed}`;
	if (given === 0) {
		item.refuse(
			`${takes}, but 0 are given`,
			`Add an image under '${LABELS.images}'. ${EXPRESSIONS}`,
		);
	}
	if (items.length > 1) for (const image of images.slice(0, most + 1)) await image.check();
	refuseTooMany(job, takes, most, region);
}

function refuseTooMany(job: Job, takes: string, most: number, region: Region): never {
	const { items, item, images } = job;
	const given = images.length;
	const tooMany = countOf(given - most, 'image');
	const larger = modelTakingMore(job, most, region);
	const chooseLarger =
		larger === undefined ? '' : `choose a model that takes more, such as ${larger}, or `;
	if (items.length > 1) {
		images[most].item.refuse(
			`${takes}, but ${given} are given by ${countOf(items.length, 'input item')} together`,
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
