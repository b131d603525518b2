import { capabilitiesOf, type Capabilities } from '../nodes/SiliconFlowImage/contract/catalog';
import type { FieldName } from '../nodes/SiliconFlowImage/contract/fields';
import type { InlineImage } from '../nodes/SiliconFlowImage/contract/inlineImage';
import type { Site } from '../nodes/SiliconFlowImage/contract/models';
import { takesImages, type Operation } from '../nodes/SiliconFlowImage/contract/operations';
import {
	buildBody,
	type RequestBody,
	type RequestValues,
} from '../nodes/SiliconFlowImage/contract/request';
import { parseSize, sizeViolation } from '../nodes/SiliconFlowImage/contract/size';

/**
 * What the service is asked, and what the contract says about the answer. Everything follows from the
 * table of models, so a new row is checked without a change here; only the questions that the documents
 * leave open name models.
 */

/** What the contract says about the answer to a request. */
export type Expected =
	| {
			readonly kind: 'images';
			readonly count: number;
			/** Of each image; missing where the model decides. */
			readonly size?: string;
			readonly format?: string;
			readonly seed?: number;
	  }
	/** A refusal that costs nothing, with one of SiliconFlow's codes. */
	| { readonly kind: 'refusal'; readonly codes: readonly number[] }
	/** Nothing: whatever comes is no difference. */
	| { readonly kind: 'open' };

/** One request for images. */
export interface Check {
	readonly model: string;
	/** What is tried, in a few words; no two of a model are alike. */
	readonly name: string;
	readonly body: RequestBody;
	/** The field that takes the link of an image that the service made earlier in the run. */
	readonly linkField?: string;
	/** False asks the service to leave out its visible watermark; true is said of its counterpart. */
	readonly watermark?: boolean;
	/** What the documents leave open and the answer settles; the report repeats it. */
	readonly question?: string;
	/** Most images that may be made and billed for it. */
	readonly images: number;
	readonly expected: Expected;
}

export const PROMPT = 'A red paper boat on a calm lake, with the word "test" on its sail';

/** Where one model stands for all: free, or else at a low price. */
const STAND_IN: Readonly<Record<Site, string>> = {
	cn: 'Kwai-Kolors/Kolors',
	com: 'Tongyi-MAI/Z-Image-Turbo',
};

/** A value for each field that every model that has the field takes. */
const FULLEST: Readonly<Record<FieldName, unknown>> = {
	aspect_ratio: '3:2',
	cfg: 4,
	guidance_scale: 5,
	image_prompt_strength: 0.2,
	negative_prompt: 'blurry, people',
	// The second choice, because the first may be what the service sends anyway.
	output_format: 'jpeg',
	prompt_enhancement: false,
	prompt_upsampling: false,
	raw: true,
	safety_tolerance: 2,
	// More than 32 bits hold.
	seed: 4999999999,
	num_inference_steps: 20,
};

/** More pixels than any model takes. */
const TOO_LARGE = '2048x2048';

/** Codes of the contract's error table for a value that is missing or out of range. */
const REFUSED = {
	model: [20012],
	prompt: [20016, 20015],
	image: [20017, 20015],
	dataOnly: [20055],
	size: [20026],
	side: [20015],
	steps: [20028],
	seed: [20034],
} as const;

interface Subject {
	readonly site: Site;
	readonly model: Capabilities;
	/** A small image to edit. */
	readonly inputImage: InlineImage;
}

/**
 * Everything to ask about these models, the most important first: `--max-images` cuts off the end.
 *
 * @param ids of models; of one that is not in the table, only one thing can be asked
 */
export function checksOf(site: Site, ids: readonly string[], inputImage: InlineImage): Check[] {
	const subjects = ids.map((id) => ({ site, model: capabilitiesOf(id, site), inputImage }));
	const known = subjects.filter(({ model }) => model.known);
	const standIn = known.find(({ model }) => model.id === STAND_IN[site]) ?? known[0];
	return [
		...known.map(smallest),
		...subjects.filter(({ model }) => !model.known).map(promptAlone),
		...(standIn ? refusedValues(standIn) : []),
		...known.map(fullest),
		...known.flatMap(edits),
		...known.flatMap(batch),
		...known.flatMap(sizes),
		...(standIn ? watermark(standIn) : []),
		...known.flatMap(openQuestions),
	];
}

function check(
	{ model }: Subject,
	name: string,
	body: RequestBody,
	expected: Expected,
	more: Partial<Check> = {},
): Check {
	const images = expected.kind === 'images' ? expected.count : 1;
	return { model: model.id, name, body, images, expected, ...more };
}

/** The operation by which a model is tried first. */
const firstOperation = ({ model }: Subject): Operation => model.operations[0];

/** A body as the node would send it. */
function bodyOf(
	{ model, inputImage }: Subject,
	operation: Operation,
	values: Partial<RequestValues> = {},
	imageCount = 1,
): RequestBody {
	const images = takesImages(operation)
		? Array<InlineImage>(imageCount).fill(inputImage)
		: undefined;
	const built = buildBody(model, operation, { prompt: PROMPT, fields: {}, images, ...values });
	if ('body' in built) return built.body;
	const [{ label, rule }] = built.violations;
	throw new Error(`The check of ${model.id} breaks the contract: ${label} ${rule}`);
}

/** The size that an image of this body must have. */
function sizeIn(body: RequestBody): string | undefined {
	const { image_size: size, width, height } = body;
	if (size !== undefined) return String(size);
	return width === undefined ? undefined : `${String(width)}x${String(height)}`;
}

/** What the contract says about a body that it allows. */
function imagesOf(body: RequestBody): Expected {
	return {
		kind: 'images',
		count: Number(body.batch_size ?? 1),
		size: sizeIn(body),
		format: body.output_format as string | undefined,
		seed: body.seed as number | undefined,
	};
}

function allowed(subject: Subject, name: string, body: RequestBody, more?: Partial<Check>): Check {
	return check(subject, name, body, imagesOf(body), more);
}

function smallest(subject: Subject): Check {
	const operation = firstOperation(subject);
	const name = takesImages(operation) ? 'smallest body, an edit by data URL' : 'smallest body';
	return allowed(subject, name, bodyOf(subject, operation));
}

/** All that can be tried with a model whose fields nobody has described. */
function promptAlone(subject: Subject): Check {
	const question = `What does ${subject.model.id} answer to a prompt alone?`;
	const body = { model: subject.model.id, prompt: PROMPT };
	return check(subject, 'a prompt alone', body, { kind: 'open' }, { question });
}

function fullest(subject: Subject): Check {
	const { model } = subject;
	const operation = firstOperation(subject);
	const names = Object.keys(model.fields) as FieldName[];
	const fields = Object.fromEntries(names.map((name) => [name, FULLEST[name]]));
	const body = bodyOf(subject, operation, { fields }, model.images?.names.length);
	return allowed(subject, 'every field', body);
}

function edits(subject: Subject): Check[] {
	const { model } = subject;
	const operation = model.operations.find(takesImages);
	if (operation === undefined || model.images === undefined) return [];
	const body = bodyOf(subject, operation);
	const [linkField] = model.images.names;
	const byUrl = { linkField, body: { ...body, [linkField]: undefined } };
	const isFirst = operation === firstOperation(subject);
	return [
		...(isFirst ? [] : [allowed(subject, 'edit by data URL', body)]),
		model.images.acceptsUrl
			? allowed(subject, 'edit by URL', body, byUrl)
			: check(
					subject,
					'edit by URL, which the table says it does not take',
					body,
					{ kind: 'refusal', codes: REFUSED.dataOnly },
					{ ...byUrl, question: 'Does the site take the URL of an input image?' },
				),
	];
}

function batch(subject: Subject): Check[] {
	const { model } = subject;
	if (model.imagesPerRequest < 2) return [];
	const body = bodyOf(subject, firstOperation(subject), { count: 2 });
	const question = 'Does batch_size still bring several images?';
	return [allowed(subject, 'batch_size 2', body, { question })];
}

function sizes(subject: Subject): Check[] {
	const { model } = subject;
	const { size } = model;
	if (size === undefined) return [];
	const operation = firstOperation(subject);
	const withSize = (text: string) => bodyOf(subject, operation, { size: text });
	const turned = size.sizes
		.map((text) => text.split('x').reverse().join('x'))
		.find((text) => !size.sizes.includes(text) && sizeViolation(text, model) === undefined);
	const custom = size.side ? '992x608' : '1000x600';
	const refused = size.listedOnly ? custom : TOO_LARGE;
	return [
		...(turned === undefined
			? []
			: [
					allowed(subject, `a listed size turned, ${turned}`, withSize(turned), {
						question: 'Is a listed size made upright and lying?',
					}),
				]),
		...(size.listedOnly
			? []
			: [
					allowed(subject, `a size outside the list, ${custom}`, withSize(custom), {
						question: 'Is a size outside the list made as it is asked for?',
					}),
				]),
		check(
			subject,
			`a size that the table refuses, ${refused}`,
			{ ...bodyOf(subject, operation), ...onWire(refused, model) },
			{ kind: 'refusal', codes: size.sentAs === 'image_size' ? REFUSED.size : REFUSED.side },
		),
	];
}

/** A size that the contract would not let through. */
function onWire(size: string, model: Capabilities): RequestBody {
	return model.size?.sentAs === 'width_height' ? { ...parseSize(size) } : { image_size: size };
}

/** Values that no model takes: which codes and words come, and whether they cost nothing. */
function refusedValues(subject: Subject): Check[] {
	const { model } = subject;
	const operation = firstOperation(subject);
	const body = bodyOf(subject, operation);
	const refused = (name: string, change: RequestBody, codes: readonly number[]) =>
		check(subject, name, { ...body, ...change }, { kind: 'refusal', codes });
	const [image] = takesImages(operation) ? (model.images?.names ?? []) : [];
	return [
		refused('a model that does not exist', { model: 'Acme/No-Such-Model' }, REFUSED.model),
		refused('no prompt', { prompt: undefined }, REFUSED.prompt),
		refused('seed -1', { seed: -1 }, REFUSED.seed),
		...('num_inference_steps' in model.fields
			? [refused('1000 steps', { num_inference_steps: 1000 }, REFUSED.steps)]
			: []),
		...('image_size' in body
			? [refused('image_size "wide"', { image_size: 'wide' }, REFUSED.size)]
			: []),
		...(image === undefined ? [] : [refused('no image', { [image]: undefined }, REFUSED.image)]),
	];
}

function watermark(subject: Subject): Check[] {
	const body = bodyOf(subject, firstOperation(subject), { fields: { seed: 7 } });
	return [
		allowed(subject, 'seed 7, with the visible watermark', body, { watermark: true }),
		allowed(subject, 'seed 7, without the visible watermark', body, { watermark: false }),
	];
}

/** What the documents leave open, by site and model. */
function openQuestions(subject: Subject): Check[] {
	const { site, model } = subject;
	const body = bodyOf(subject, firstOperation(subject));
	if (site === 'cn' && model.id === 'Tongyi-MAI/Z-Image') {
		const question = 'Does Z-Image take guidance_scale, which only other clients send?';
		const changed = { ...body, guidance_scale: 4 };
		return [check(subject, 'guidance_scale 4', changed, { kind: 'open' }, { question })];
	}
	if (site === 'cn' && model.id === 'Qwen/Qwen-Image-Edit-2509') {
		const question = 'Does Edit-2509 take guidance_scale without cfg?';
		const changed = { ...body, guidance_scale: 4 };
		return [allowed(subject, 'guidance_scale 4 alone', changed, { question })];
	}
	return [];
}
