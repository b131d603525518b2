import type { INodeProperties } from 'n8n-workflow';
import { modelIdsWithout } from '../contract/catalog';
import { FIELDS } from '../contract/fields';
import { LABELS } from '../contract/labels';
import type { ModelRow } from '../contract/models';
import { onlyFor } from './visibility';

/** In place of Image Size, for each model that takes no size: otherwise people look for the field. */
export function sizeNotices(rows: readonly ModelRow[]): INodeProperties[] {
	return modelIdsWithout((row) => row.size !== undefined, rows).map((id) => ({
		displayName: noticeFor(rows.filter((row) => row.id === id)),
		name: 'sizeNotice',
		type: 'notice',
		default: '',
		...onlyFor(id),
	}));
}

/** Says no more than the contract, which does not tell how a model chooses. */
function noticeFor(rows: readonly ModelRow[]): string {
	const takesRatio = rows.some(({ fields }) => fields.aspect_ratio !== undefined);
	return takesRatio
		? `The model chooses the image size. To set its shape, add '${FIELDS.aspect_ratio.label}' under '${LABELS.options}'.`
		: 'The model chooses the image size';
}
