/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020, { type ErrorObject } from 'ajv/dist/2020';
import { parse } from 'yaml';
import type { Failure } from './http/answer';
import { failures } from './failures';

export type Site = 'cn' | 'com';

/** One model's request schema in the site's OpenAPI file. */
export interface ModelSchema {
	properties: Record<string, { $ref?: string; enum?: unknown[]; default?: unknown }>;
	required: string[];
	additionalProperties: boolean;
	'x-sub-types': string[];
}

export interface OpenApiDocument {
	openapi: string;
	paths: Record<string, unknown>;
	components: { schemas: Record<string, unknown> };
}

export type Validation = { valid: true } | { valid: false; failure: Failure };

export interface Contract {
	spec: OpenApiDocument;
	/** The site's models and their schemas. */
	models: Map<string, ModelSchema>;
	validate(body: unknown): Validation;
}

/** The fields that may hold an input image, in the order a client fills them. */
export const IMAGE_FIELDS = ['image', 'image2', 'image3', 'input_image', 'image_prompt'];

/** The failure for a bad value of a field. */
const FAILURE_OF_FIELD: Record<string, Failure> = {
	prompt: failures.promptRequired,
	image_size: failures.sizeInvalid,
	num_inference_steps: failures.stepsInvalid,
	seed: failures.seedInvalid,
	batch_size: failures.batchSizeInvalid,
};

function withMessage(failure: Failure, message: string): Failure {
	return { ...failure, body: { ...(failure.body as object), message } };
}

function failureOf(error: ErrorObject, site: Site): Failure {
	if (error.keyword === 'discriminator') {
		return error.params.error === 'tag' ? failures.modelRequired : failures.modelUnknown;
	}
	const { missingProperty, additionalProperty } = error.params as Record<string, string>;
	if (additionalProperty !== undefined) {
		return withMessage(failures.parameterInvalid, `Unknown parameter: ${additionalProperty}`);
	}
	const field = missingProperty ?? error.instancePath.split('/')[1];
	if (field === 'model') return failures.modelRequired;
	if (IMAGE_FIELDS.includes(field)) {
		if (missingProperty !== undefined) return failures.imageRequired;
		return site === 'com' ? failures.imageNotBase64 : failures.imageUndecodable;
	}
	if (error.keyword === 'x-max-pixels') {
		const message = `width * height should not exceed ${String(error.params.limit)}`;
		return withMessage(failures.sizeInvalid, message);
	}
	const failure = FAILURE_OF_FIELD[field];
	if (failure === failures.sizeInvalid || missingProperty === 'prompt') return failure;
	const what = missingProperty ? 'is required' : (error.message ?? 'is invalid');
	return withMessage(failure ?? failures.parameterInvalid, `${field ?? 'body'} ${what}`);
}

const ratio = (text: string) => {
	const [width, height] = text.split(':').map(Number);
	return width / height;
};

function createAjv(): Ajv2020 {
	// Checking the schemas themselves takes as long as compiling them; a test does it.
	const ajv = new Ajv2020({ discriminator: true, strict: false, validateSchema: false });
	ajv.addKeyword({
		keyword: 'x-max-pixels',
		type: 'string',
		error: { message: 'has too many pixels', params: ({ schema }) => ({ limit: schema }) as never },
		validate: (limit: number, size: string) => {
			const [width, height] = size.split('x').map(Number);
			return width * height <= limit;
		},
	});
	ajv.addKeyword({
		keyword: 'x-ratio-within',
		type: 'string',
		error: { message: 'is too narrow or too wide' },
		validate: ([narrowest, widest]: string[], value: string) =>
			ratio(value) >= ratio(narrowest) && ratio(value) <= ratio(widest),
	});
	return ajv;
}

const loaded = new Map<Site, Contract>();

/** The site's OpenAPI file with a validator made from it; loaded once. */
export function contractOf(site: Site): Contract {
	const contract = loaded.get(site) ?? loadContract(site);
	loaded.set(site, contract);
	return contract;
}

function loadContract(site: Site): Contract {
	const text = readFileSync(join(__dirname, 'openapi', `${site}.yaml`), 'utf8');
	const spec = parse(text) as OpenApiDocument;
	const ajv = createAjv();
	const accepts = ajv.addSchema(spec, site).compile({
		$ref: `${site}#/components/schemas/GenerationRequest`,
	});
	const models = new Map<string, ModelSchema>();
	for (const schema of Object.values(spec.components.schemas) as ModelSchema[]) {
		for (const id of schema.properties?.model?.enum ?? []) models.set(String(id), schema);
	}
	return {
		spec,
		models,
		validate(body) {
			if (accepts(body)) return { valid: true };
			const error = (accepts.errors as ErrorObject[])[0];
			return { valid: false, failure: failureOf(error, site) };
		},
	};
}
