import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';
import { capabilitiesOf, modelIdsFor, type Region } from '../contract/catalog';
import type { Operation } from '../contract/models';
import { listModels, type LiveModels } from '../transport/liveModels';
import { CREDENTIAL } from '../transport/request';
import { describeModel } from './describeModel';

/** What the list is made of: the account's own models where the service tells, or the table. */
interface Source {
	readonly region: Region;
	readonly live?: LiveModels;
	/** Put behind every entry when the account's own models are not known. */
	readonly note: string;
}

/**
 * The model list of the editor: what the credential's account has, as far as it can do the chosen
 * operation. Models of the table say what they are for; others are marked. When the service gives
 * no list, the table stands in and says so.
 *
 * @param filter what the person typed; matched against id and description, whatever the case
 */
export async function searchModels(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const operation: Operation =
		this.getCurrentNodeParameter('operation') === 'edit' ? 'edit' : 'generate';
	const source = await chooseSource(this);
	const wanted = filter.trim().toLowerCase();
	const results = idsFor(operation, source)
		.map((id) => asEntry(id, operation, source))
		.filter(({ name, description }) => `${name} ${description}`.toLowerCase().includes(wanted));
	return { results };
}

async function chooseSource(context: ILoadOptionsFunctions): Promise<Source> {
	try {
		const credential = await context.getCredentials(CREDENTIAL);
		const region = credential.region as Region;
		const account = context.getNode().credentials?.[CREDENTIAL]?.id ?? '';
		const live = await listModels(context, String(credential.url), account);
		if (live === undefined) {
			return { region, note: ' (from the table of this node: the service gave no list just now)' };
		}
		if (live.textToImage.length + live.imageToImage.length === 0) {
			return { region, note: ' (from the table of this node: the account lists no image model)' };
		}
		return { region, live, note: '' };
	} catch {
		return { region: 'custom', note: ' (choose a credential to see what your account has)' };
	}
}

/**
 * Known models first, in the order of the table. The kinds of the service are not asked about them:
 * it lists edit models as text-to-image, too. For others they are all there is to go by.
 */
function idsFor(operation: Operation, { region, live }: Source): string[] {
	if (live === undefined) return modelIdsFor(operation, region);
	const { textToImage, imageToImage } = live;
	const listed = [...new Set([...textToImage, ...imageToImage])];
	// From the table of both sites: a model may have come to the site it was not at.
	const known = modelIdsFor(operation, 'custom').filter((id) => listed.includes(id));
	const isEditor = (id: string) => imageToImage.includes(id) || /edit/i.test(id);
	const isGenerator = (id: string) => textToImage.includes(id) && !/edit/i.test(id);
	const unknown = listed
		.filter((id) => !capabilitiesOf(id, region).known)
		.filter(operation === 'edit' ? isEditor : isGenerator);
	return [...known, ...unknown];
}

function asEntry(id: string, operation: Operation, { region, note }: Source): INodeListSearchItems {
	const description = `${describeModel(capabilitiesOf(id, region), operation)}${note}`;
	// The id is the label, because the panel shows the id of a default and the label of a pick.
	return { name: id, value: id, description };
}
