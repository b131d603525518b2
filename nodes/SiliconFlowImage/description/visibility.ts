import type { IDisplayOptions } from 'n8n-workflow';
import { modelIdsWithout } from '../contract/catalog';
import type { ModelRow } from '../contract/models';
import type { Operation } from '../contract/operations';

/**
 * Visibility by exclusion: a field is hidden for the models known not to take it, as the table says
 * (`contract/models.ts`). Image Size, for example, is hidden for a model whose row has no size, because
 * that model decides the size itself; `imageSize.ts` puts a notice in its place. An id that is not
 * in the table, or a model given by an expression, matches no exclusion and shows every field.
 * (`show` would be wrong here, because n8n takes any expression as a match for it. It is right for the
 * operation, which cannot be an expression.)
 */

/** The part of a property that says when it is shown. */
export interface Visibility {
	readonly displayOptions?: IDisplayOptions;
}

/** The part of a property that hides it for every known model that does not meet the demand. */
export function hiddenUnless(demand: (row: ModelRow) => boolean): Visibility {
	const ids = modelIdsWithout(demand);
	// The slash means the root of the parameters, even inside a collection.
	return ids.length > 0 ? { displayOptions: { hide: { '/model': ids } } } : {};
}

/** The part of a property that shows it for this one model only, and never for an expression. */
export function onlyFor(modelId: string): Visibility {
	return { displayOptions: { hide: { '/model': [{ _cnd: { not: modelId } }] } } };
}

/** The part of a property that hides it for these models. */
export function hiddenFor(modelIds: string[]): Visibility {
	return { displayOptions: { hide: { '/model': modelIds } } };
}

/** The part of a property that shows it for these operations only. */
export function ofOperation(...operations: readonly Operation[]): Visibility {
	return { displayOptions: { show: { operation: [...operations] } } };
}

/** The parts of a property that show it only where the node is a tool of an AI agent, or only elsewhere. */
export const onlyAsTool: Visibility = { displayOptions: { show: { '@tool': [true] } } };
export const notAsTool: Visibility = { displayOptions: { show: { '@tool': [false] } } };

/**
 * The part of a property that shows it where all of these do. n8n looks at the conditions in their
 * order, and one whose value is an expression ends its look, so one that never is comes first.
 */
export function allOf(...parts: readonly Visibility[]): Visibility {
	const show = parts.map(({ displayOptions }) => displayOptions?.show);
	const hide = parts.map(({ displayOptions }) => displayOptions?.hide);
	return {
		displayOptions: { show: Object.assign({}, ...show), hide: Object.assign({}, ...hide) },
	};
}
