import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';
import { capabilitiesOf, modelIdsFor, modelName, rowsOf } from '../contract/catalog';
import { CREDENTIAL, keyAsSent, type Region } from '../contract/credential';
import type { Site } from '../contract/models';
import {
	INITIAL_OPERATION,
	operationOf,
	OPERATIONS,
	type ModelKind,
	type Operation,
} from '../contract/operations';
import { Sanitizer } from '../contract/sanitize';
import { listModels, type LiveModels } from '../transport/liveModels';

/** Where the list comes from: the account's own models if the service lists them, or the table. */
interface Source {
	readonly region: Region;
	/** Absent where the service gives no list of image models, or there is no credential. */
	readonly live?: LiveModels;
}

/**
 * The model list of the editor: the models of the credential's account that can do the chosen
 * operation, each with a link to its page. Models in the table say what they are good for; others are
 * marked. When the service gives no list, the table is used and every entry says so.
 *
 * @param filter what the user typed; matched against name and description, ignoring case
 */
export async function searchModels(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const operation = operationOf(this.getCurrentNodeParameter('operation') ?? INITIAL_OPERATION);
	// The panel marks the operation, and the run refuses it.
	if (operation === undefined) return { results: [] };
	const source = await chooseSource(this);
	const wanted = filter.trim().toLowerCase();
	const results = idsFor(operation, source)
		.map((id) => asEntry(id, source))
		.filter(({ name, description }) => `${name} ${description}`.toLowerCase().includes(wanted));
	return { results };
}

async function chooseSource(context: ILoadOptionsFunctions): Promise<Source> {
	try {
		const credential = await context.getCredentials(CREDENTIAL);
		const region = credential.region as Region;
		const account = context.getNode().credentials?.[CREDENTIAL]?.id ?? '';
		const listed = await listModels(context, String(credential.url), account);
		const live = listed && withoutKey(listed, String(credential.apiKey ?? ''));
		const isEmpty = live === undefined || Object.values(live).flat().length === 0;
		return { region, live: isEmpty ? undefined : live };
	} catch {
		return { region: 'custom' };
	}
}

/** A gateway may repeat the key even here, where people see it who may only use the credential. */
function withoutKey(listed: LiveModels, typedKey: string): LiveModels {
	const sanitizer = new Sanitizer(keyAsSent(typedKey));
	const shown = (ids: readonly string[]) => ids.filter((id) => sanitizer.redact(id) === id);
	return {
		'text-to-image': shown(listed['text-to-image']),
		'image-to-image': shown(listed['image-to-image']),
	};
}

/**
 * Known models first, in the order of the table. The service's kinds are not used for them, because
 * it lists edit models as text-to-image too. For other models, nothing but the kind is known.
 */
function idsFor(operation: Operation, { region, live }: Source): string[] {
	if (live === undefined) return modelIdsFor(operation, region);
	const listed = new Set([...live['text-to-image'], ...live['image-to-image']]);
	// From the table of both sites, because a model may since have come to the other site.
	const known = modelIdsFor(operation, 'custom').filter((id) => listed.has(id));
	const { modelKind } = OPERATIONS[operation];
	const ofKind = new Set(live[modelKind]);
	const isOfKind = (id: string) => {
		const named = kindByName(id);
		return named === undefined ? ofKind.has(id) : named === modelKind;
	};
	const unknown = [...listed].filter((id) => !capabilitiesOf(id, region).known && isOfKind(id));
	return [...known, ...unknown];
}

/** The kind that the name of a model tells, whatever the service lists it as. */
function kindByName(id: string): ModelKind | undefined {
	return /edit/i.test(id) ? 'image-to-image' : undefined;
}

function asEntry(id: string, { region, live }: Source): INodeListSearchItems {
	const model = capabilitiesOf(id, region);
	return {
		name: modelName(model, live ? '' : 'built-in list'),
		value: id,
		url: modelPage(id, region),
		// Never shown by n8n's editor, but the search looks into it.
		description: model.summary,
	};
}

/**
 * Where each site shows a model with its price; both consoles are the same application. The address of
 * the China site is the one that its price list links to.
 */
const CONSOLES: Readonly<Record<Site, string>> = {
	cn: 'https://cloud.siliconflow.cn/models?target=',
	com: 'https://cloud.siliconflow.com/models?target=',
};

/**
 * The page of a model, at the region's site if that site is known to have it.
 *
 * @param id may come from elsewhere, so it is encoded; without halves of surrogate pairs
 * @returns undefined for an unknown model of a custom base URL, which may be from anywhere
 */
function modelPage(id: string, region: Region): string | undefined {
	const sites = rowsOf(id).map(({ site }) => site);
	const own = sites.find((site) => site === region) ?? sites[0];
	const site = own ?? (region === 'custom' ? undefined : region);
	return site && CONSOLES[site] + encodeURIComponent(id);
}
