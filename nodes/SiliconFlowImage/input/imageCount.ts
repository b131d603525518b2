import { inputImageNames } from '../contract/catalog';
import { LABELS } from '../contract/labels';
import { countOf } from '../contract/wording';
import { ALL_ITEMS, EACH_ITEM } from '../description/images';
import type { Job } from './readJob';
import { formatValue } from './values';

/**
 * n8n reads the list of entries before it resolves expressions: one in place of the list gives no
 * entries, and one in place of the entries gives an empty entry for each of its characters.
 */
const EXPRESSIONS = `Expressions work in the fields of an entry, not for '${LABELS.images}' as a whole.`;

/**
 * Checks that a job has as many input images as its model takes.
 *
 * @throws NodeOperationError with `itemIndex`, naming both numbers
 */
export function checkImageCount({ items, item, model, operation, images }: Job): void {
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
	const tooMany = countOf(given - most, 'image');
	if (items.length > 1) {
		images[most].item.refuse(
			`${takes}, but ${given} are given by ${countOf(items.length, 'input item')} together`,
			`'${LABELS.imagesFrom}' is ${ALL_ITEMS.name}, so the images of every item count: ${tooMany} too many. Use fewer input items, for example with a Limit step, a model that takes more images, or ${EACH_ITEM.name}. Nothing was sent.`,
		);
	}
	item.refuse(
		`${takes}, but ${given} are given`,
		`Remove ${tooMany}. Each name in '${LABELS.inputDataFieldName}' counts as an image. ${EXPRESSIONS}`,
	);
}
