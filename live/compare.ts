import { rowsOf } from '../nodes/SiliconFlowImage/contract/catalog';
import { MODELS, type Site } from '../nodes/SiliconFlowImage/contract/models';
import type { ModelKind } from '../nodes/SiliconFlowImage/contract/operations';
import type { Check } from './checks';
import type { Seen, SeenImage } from './observe';

/** In what the service differs from the contract. Each difference is a sentence without its full stop, or the end of one. */

/** Contract: a link to an image is valid for one hour. */
const LINK_SECONDS = 3600;

/** The models that the account may use, by the kind that the service lists them under. */
export type ListedModels = Readonly<Record<ModelKind, readonly string[]>>;

/** Which models the account has and the table does not, and the other way around. */
export function modelDifferences(site: Site, listed: ListedModels): string[] {
	const kinds = Object.entries(listed);
	const all = [...new Set(kinds.flatMap(([, ids]) => ids))];
	const rows = MODELS.filter((row) => row.site === site);
	const gone = rows.filter(({ id }) => !all.includes(id));
	const fresh = all.filter((id) => !rowsOf(id).some((row) => row.site === site));
	return [
		...gone.map(({ id }) => `The account does not list ${id}, which is in the table`),
		...fresh.map((id) => {
			const under = kinds.filter(([, ids]) => ids.includes(id)).map(([kind]) => kind);
			return `The account lists ${id} (${under.join(', ')}), which is not in the table`;
		}),
	];
}

/**
 * Refusals that are about the account: not verified, no balance, disabled, another address. They say
 * nothing about the contract, and neither does a service that is busy.
 */
const OF_ACCOUNT = [30001, 30002, 30005, 30011, 30013];
const BUSY = [429, 503, 504];

/** Why an answer says nothing about the contract; undefined if it does. */
export function unanswered({ status, code, words = '' }: Seen): string | undefined {
	if (OF_ACCOUNT.includes(code ?? 0) || status === 402) {
		return `the account may not: ${said(status, code, words)}`;
	}
	if (!BUSY.includes(status)) return undefined;
	const unclear = status === 504 ? '; an image may have been made and billed' : '';
	return `the service is busy: ${said(status, code, words)}${unclear}`;
}

/** In what an answer to a check differs from what the contract says about it. */
export function differencesIn({ expected }: Check, seen: Seen): string[] {
	if (expected.kind === 'open') return generalDifferences(seen);
	const { status, code, words = '', images } = seen;
	const isMade = images.length > 0;
	if (expected.kind === 'refusal') {
		const codes = expected.codes.join(' or ');
		if (isMade) return [`makes an image instead of a refusal with code ${codes}`];
		if (code !== undefined && expected.codes.includes(code)) return [];
		return [`answers ${said(status, code, words)} instead of code ${codes}`];
	}
	if (!isMade) return [`answers ${said(status, code, words)} instead of an image`];
	const { count, size, format, seed } = expected;
	const type = format && `image/${format}`;
	return [
		...(images.length === count ? [] : [`makes ${images.length} of ${count} images`]),
		...(seed === undefined || seen.seed === seed
			? []
			: [`answers seed ${seen.seed} to seed ${seed}`]),
		...distinct(images.flatMap(({ failed }) => failed ?? [])),
		...distinct(
			valuesOf(images, 'size')
				.filter((real) => size !== undefined && real !== size)
				.map((real) => `makes an image of ${real} instead of ${size}`),
		),
		...distinct(
			valuesOf(images, 'mimeType')
				.filter((real) => type !== undefined && real !== type)
				.map((real) => `makes ${real} instead of ${type}`),
		),
		...generalDifferences(seen),
	];
}

/** What is the same for every answer with images. */
function generalDifferences({ images, traceId, inferenceSeconds, unknownFields }: Seen): string[] {
	if (images.length === 0) return [];
	return [
		...unknownFields.map((name) => `has the unknown field ${name} in its replies`),
		...(traceId === undefined ? ['gives no trace id'] : []),
		...(inferenceSeconds === undefined ? ['does not say how long the inference took'] : []),
		...distinct(
			valuesOf(images, 'linkSeconds')
				.filter((seconds) => seconds !== LINK_SECONDS)
				.map((seconds) => `signs links for ${seconds} s instead of ${LINK_SECONDS} s`),
		),
	];
}

/** An answer in words, such as "400, code 20034 (seed is out of range.)". */
export function said(status: number, code: number | undefined, words: string): string {
	return `${status}${code === undefined ? '' : `, code ${code}`}${words === '' ? '' : ` (${words})`}`;
}

const distinct = (texts: readonly string[]) => [...new Set(texts)];

function valuesOf<Name extends keyof SeenImage>(images: readonly SeenImage[], name: Name) {
	return images.map((image) => image[name]).filter((value) => value !== undefined);
}
