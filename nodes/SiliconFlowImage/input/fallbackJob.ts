import { inputImageNames, rowsOf, type Capabilities } from '../contract/catalog';
import { FIELD_NAMES, FIELDS, type FieldName } from '../contract/fields';
import { LABELS } from '../contract/labels';
import { formatCount } from '../contract/numbers';
import { takesImages } from '../contract/operations';
import { buildBody, unsupportedFields } from '../contract/request';
import { nearestSize, parseRatio, parseSize, ratioName } from '../contract/size';
import type { Access } from './access';
import { allowedImages, IMAGE_PLACEHOLDER } from './checkJob';
import type { InputImage } from './inputImage';
import { readInputImages } from './inputImages';
import { readModel, type Job } from './readJob';
import { whenSet } from './values';

/** What Fallback Model of an item means. */
export interface Fallback {
	/** The job as the fallback makes it; none where no fallback is set. */
	readonly job?: Job;
	/** Said beside the output, whether or not the fallback is needed. */
	readonly hints: readonly string[];
}

/**
 * Reads Fallback Model and checks, before anything is sent, that it can stand in for the model of the
 * job. The images are not checked again.
 *
 * @param job one that passed its check
 * @throws NodeOperationError with `itemIndex` for a fallback that cannot do the operation, or does not
 * take as many input images
 */
export function readFallback(job: Job, { region }: Access): Fallback {
	const { item, items, operation } = job;
	const given = item.parameter('options.fallbackModel', '', { extractValue: true });
	if (whenSet(given) === undefined) return { hints: [] };
	const label = LABELS.fallbackModel;
	const model = readModel(item, { label, given }, operation, region);
	const shown = item.show(model.id);
	if (model.id === job.model.id) {
		return { hints: [`'${label}' is the same as '${LABELS.model}' (${shown}), so there is none`] };
	}
	const most = inputImageNames(model, operation).length;
	if (job.images.length > most) {
		item.refuse(
			`'${label}': ${shown} takes ${allowedImages(most)}, but ${formatCount(job.images.length, 'image')} are given`,
			`Choose a fallback that takes as many, or remove it from '${LABELS.options}'. Nothing was sent.`,
		);
	}
	const sites = rowsOf(model.id).map(({ site }) => site);
	const isElsewhere = region !== 'custom' && sites.length > 0 && !sites.includes(region);
	const elsewhere = `'${label}': ${shown} is known on the ${region === 'cn' ? 'international' : 'China'} site only, so it may not be available to your account`;
	const read = most > 0 ? items.map((each) => readInputImages(each, model, operation)) : [];
	const images = read.flatMap((each) => each.images);
	return { job: fallbackJob(job, model, images), hints: isElsewhere ? [elsewhere] : [] };
}

/**
 * The job as another model makes it: in the same shape, and with those values that the model takes. All
 * else is the same, so seeds, order and file names are too. Its hints say what differs.
 *
 * @param job one that passed its check, whose values are those of its own model
 * @param images the input images as this model takes them
 */
export function fallbackJob(job: Job, model: Capabilities, images: readonly InputImage[]): Job {
	const { item, values, additionalFields } = job;
	const id = item.show(model.id);
	const { ratio, size, matchesInput = false, hint } = shapeOf(job, model);
	const { fields, hints } = fieldsOf({ ...values, size }, ratio, job, model, images.length);
	const leftOut = `'${LABELS.additionalBodyFields}' were left out for ${id}, because they were set for ${item.show(job.model.id)}`;
	return {
		...job,
		model,
		values: { ...values, size, fields },
		images,
		matchesInput,
		additionalFields: {},
		hints: [
			...(hint === undefined ? [] : [hint]),
			...hints,
			...(Object.keys(additionalFields).length > 0 ? [leftOut] : []),
		],
	};
}

/** The shape that is asked of the fallback, in the form that it takes; none leaves it to the model. */
interface Shape {
	/** "WIDTHxHEIGHT". */
	readonly size?: unknown;
	/** Whether the size is that which fits the first input image. */
	readonly matchesInput?: boolean;
	/** For Aspect Ratio. */
	readonly ratio?: string;
	/** Said beside the output where it is not what was chosen. */
	readonly hint?: string;
}

/** The recommended size that is nearest to what the job asks for, in shape and then in area. */
function shapeOf(job: Job, model: Capabilities): Shape {
	const { item, operation, values } = job;
	const id = item.show(model.id);
	const { aspect_ratio: ratio } = values.fields;
	if (typeof ratio === 'string') return shapeOfRatio(ratio, id, model);
	const asked = sizeAsked(job);
	const parsed = asked === undefined ? undefined : parseSize(asked);
	if (asked === undefined || parsed === undefined) {
		// As a new step starts: with the shape of the input image, or else with the model's default.
		return { matchesInput: takesImages(operation) && (model.size?.sizes ?? []).length > 0 };
	}
	const { width, height } = parsed;
	const label = `'${LABELS.imageSize}'`;
	if (model.size) {
		const nearest = nearestSize(model, width / height, width * height);
		if (nearest === undefined) return { size: values.size };
		const { size } = nearest;
		if (size === asked) return { size };
		const hint = `${label}: ${id} does not have ${asked}, so the nearest size was used (${size})`;
		return { size, hint };
	}
	const nearest = model.fields.aspect_ratio && ratioName(asked);
	if (nearest === undefined) return { hint: `${id} does not take ${label}, so it was left out` };
	const hint = `${label}: ${id} takes no size, so '${FIELDS.aspect_ratio.label}' was used for ${asked} (${nearest})`;
	return { ratio: nearest, hint };
}

function shapeOfRatio(ratio: string, id: string, model: Capabilities): Shape {
	const asked = model.fields.aspect_ratio ? undefined : parseRatio(ratio);
	const nearest = asked === undefined ? undefined : nearestSize(model, asked);
	if (nearest === undefined) return { ratio };
	const { size } = nearest;
	const hint = `'${FIELDS.aspect_ratio.label}': ${id} takes no ratio, so the size nearest to ${ratio} was used (${size})`;
	return { size, hint };
}

/** The size that the job's own model is asked for; undefined where the image or the model decides it. */
function sizeAsked({ model, values, matchesInput }: Job): string | undefined {
	if (matchesInput) return undefined;
	const size = values.size ?? model.size?.sizes[0];
	return typeof size === 'string' ? size : undefined;
}

type Fields = Job['values']['fields'];

/** The fields of the job that the fallback takes, with these values, and why others are left out. */
function fieldsOf(
	values: Job['values'],
	ratio: string | undefined,
	{ item, operation }: Job,
	model: Capabilities,
	imageCount: number,
): { fields: Fields; hints: string[] } {
	const id = item.show(model.id);
	const others = without(values.fields, ['aspect_ratio']);
	const set = ratio === undefined ? others : { ...others, aspect_ratio: ratio };
	const unsupported = unsupportedFields(model, Object.keys(set) as FieldName[]);
	const supported = without(set, unsupported);
	const images = Array.from({ length: imageCount }, () => IMAGE_PLACEHOLDER);
	const built = buildBody(model, operation, { ...values, fields: supported, images });
	const violations = 'violations' in built ? built.violations : [];
	const labels = new Set(violations.map(({ label }) => label));
	const refused = FIELD_NAMES.filter((name) => labels.has(FIELDS[name].label));
	return {
		fields: without(supported, refused),
		hints: [
			...unsupported.map(
				(name) => `${id} does not take '${FIELDS[name].label}', so it was left out`,
			),
			...violations.map(({ label, rule }) => `'${label}' of ${id} ${rule}, so it was left out`),
		],
	};
}

function without(fields: Fields, names: readonly FieldName[]): Fields {
	const left = Object.entries(fields).filter(([name]) => !names.includes(name as FieldName));
	return Object.fromEntries(left);
}
