import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { modelIds } from '../contract/catalog';
import { LABELS } from '../contract/labels';
import { MODELS, type ModelRow } from '../contract/models';
import { custom, matchInput, modelDefault, sizeChoice } from './sizeChoices';
import { allOf, hiddenFor, notAsTool, onlyFor, ofOperation, type Visibility } from './visibility';

const description =
	'Width and height of the image in pixels. To use an expression, write the size like 1024x768, or a ratio like 16:9.';

/**
 * Image Size in the panel of a step: a list for each model, and one for models that are not known
 * before the run. For Edit, the list is another where an input image can be matched. n8n shows the
 * list whose conditions hold. All lists store their value under the same name, so a workflow keeps it
 * when the model changes.
 */
export function sizeLists(rows: readonly ModelRow[] = MODELS): INodeProperties[] {
	const unknown = hiddenFor(modelIds(rows));
	const every = sizesOf(rows).map(sizeChoice);
	return [
		...modelIds(rows).flatMap((id) => listsOf(rows.filter((row) => row.id === id))),
		sizeList([modelDefault, ...every, custom], unknown, ofOperation('generate')),
		sizeList([modelDefault, matchInput, ...every, custom], unknown, ofOperation('edit')),
	];
}

/** @param rows those of one model, of either site */
function listsOf(rows: readonly ModelRow[]): INodeProperties[] {
	const sizes = sizesOf(rows);
	const [first] = sizes;
	if (first === undefined) return [];
	const more = rows.every((row) => row.size?.closed) ? [] : [custom];
	const choices = [...sizes.map(sizeChoice), ...more];
	// A size that one site refuses cannot be the default of a new step; each row has its own then.
	const isSafe = rows.every(({ size }) => !size?.closed || size.sizes.includes(first));
	const all = isSafe ? choices : [modelDefault, ...choices];
	const model = onlyFor(rows[0].id);
	const edits = rows.some(({ operations }) => operations.includes('edit'));
	if (!edits) return [sizeList(all, model)];
	return [
		sizeList(all, model, ofOperation('generate')),
		sizeList([matchInput, ...all], model, ofOperation('edit')),
	];
}

function sizesOf(rows: readonly ModelRow[]): string[] {
	return [...new Set(rows.flatMap((row) => row.size?.sizes ?? []))];
}

/** A list that starts with its first entry. */
function sizeList(options: INodePropertyOptions[], ...when: Visibility[]): INodeProperties {
	const [{ value: initial }] = options;
	return {
		displayName: LABELS.imageSize,
		name: 'imageSize',
		type: 'options',
		options,
		default: initial,
		description,
		...allOf(notAsTool, ...when),
	};
}
