import type { Region } from './credential';
import { FIELD_NAMES, type FieldName } from './fields';
import { MODELS, type ModelRow, type SizeRule } from './models';
import { OPERATION_NAMES, OPERATIONS, type Operation } from './operations';

/** Lookups in the capability table. */

/** A row as a run uses it: one of the table, two merged into one, or a default for an unknown model. */
export interface Capabilities extends Omit<ModelRow, 'site' | 'size'> {
	/** False for an id that is not in the table: every field may be set, and none has a default. */
	readonly known: boolean;
	readonly size?: Omit<SizeRule, 'sizes'> & { readonly sizes: readonly string[] };
}

/**
 * What the model with this id takes in this region.
 *
 * A model of both sites has a row for each. The region picks one; a custom base URL gets both merged.
 * An id that only the other site is known to have is described by that site's row. An id that is not
 * in the table gets every field of the contract, one image per request, and no default size.
 */
export function capabilitiesOf(id: string, region: Region): Capabilities {
	const rowsWithId = rowsOf(id);
	const ofSite = rowsWithId.filter((row) => region === 'custom' || row.site === region);
	const [first, ...others] = ofSite.length > 0 ? ofSite : rowsWithId;
	if (first === undefined) return unknownModel(id);
	return others.reduce(unite, { ...first, known: true });
}

/** The rows of a model: one for each site that has it. */
export function rowsOf(id: string): ModelRow[] {
	return MODELS.filter((row) => row.id === id);
}

function idsOf(rows: readonly ModelRow[]): string[] {
	return [...new Set(rows.map(({ id }) => id))];
}

/** The ids in the table, each once, in the order of the table. */
export function modelIds(): string[] {
	return idsOf(MODELS);
}

/** The ids of the models that do not meet a demand on any site: a field is hidden for these. */
export function modelIdsWithout(demand: (row: ModelRow) => boolean): string[] {
	return modelIds().filter((id) => !rowsOf(id).some(demand));
}

/** The ids that can do this operation in this region, for the model list and for messages. */
export function modelIdsFor(operation: Operation, region: Region): string[] {
	const inRegion = MODELS.filter((row) => region === 'custom' || row.site === region);
	return idsOf(inRegion.filter((row) => row.operations.includes(operation)));
}

/**
 * The wire names that the input images of this operation go under, in order; none for an operation
 * that takes none.
 */
export function inputImageNames(model: Capabilities, operation: Operation): readonly string[] {
	return (model.images?.names ?? []).slice(0, OPERATIONS[operation].inputImages?.most ?? 0);
}

function unknownModel(id: string): Capabilities {
	return {
		id,
		known: false,
		trait: 'unknown to this node',
		summary: 'Not in the model table of this node',
		operations: OPERATION_NAMES,
		size: { sentAs: 'image_size', sizes: [] },
		images: { names: ['image', 'image2', 'image3'], acceptsUrl: true },
		fields: Object.fromEntries(FIELD_NAMES.map((name) => [name, {}])),
		imagesPerRequest: 1,
	};
}

/** Two rows of one id as one: every field that either takes, in the wider range, none required. */
function unite(one: Capabilities, other: ModelRow): Capabilities {
	const names = [...Object.keys(one.fields), ...Object.keys(other.fields)] as FieldName[];
	return {
		...one,
		operations: [...new Set([...one.operations, ...other.operations])],
		size: one.size && other.size ? uniteSizes(one.size, other.size) : (one.size ?? other.size),
		images:
			one.images && other.images
				? { ...one.images, acceptsUrl: one.images.acceptsUrl || other.images.acceptsUrl }
				: (one.images ?? other.images),
		fields: Object.fromEntries(
			names.map((name) => [name, widerOf(one.fields[name], other.fields[name])]),
		),
		// The lower number is safer, because further requests bring the images that one request does not.
		imagesPerRequest: Math.min(one.imagesPerRequest, other.imagesPerRequest),
	};
}

function uniteSizes(
	one: NonNullable<Capabilities['size']>,
	other: NonNullable<Capabilities['size']>,
): NonNullable<Capabilities['size']> {
	const open = [one, other].find((rule) => !rule.listedOnly) ?? one;
	return { ...open, sizes: [...new Set([...one.sizes, ...other.sizes])] };
}

function widerOf(one: ModelRow['fields'][FieldName], other: ModelRow['fields'][FieldName]) {
	if (one === undefined || other === undefined) return one ?? other;
	const both = <T>(a: T | undefined, b: T | undefined, pick: (a: T, b: T) => T) =>
		a === undefined || b === undefined ? undefined : pick(a, b);
	return { min: both(one.min, other.min, Math.min), max: both(one.max, other.max, Math.max) };
}

/**
 * What the model list calls a model: its id and what tells it from the others, such as
 * "Kwai-Kolors/Kolors (free)". n8n shows nothing else of an entry.
 *
 * @param mark what else a person should know about this entry; none if empty
 */
export function modelName({ id, trait }: Capabilities, mark = ''): string {
	return `${id} (${[trait, mark].filter((part) => part !== '').join('; ')})`;
}
