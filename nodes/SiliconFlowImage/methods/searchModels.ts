import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { modelIdsFor } from '../contract/catalog';
import { MODELS, type Operation } from '../contract/models';

/**
 * The model list of the editor: the models of the table that can do the chosen operation.
 *
 * @param filter what the person typed; matched against id and summary, whatever the case
 */
export async function searchModels(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const operation = this.getCurrentNodeParameter('operation') as Operation | undefined;
	const wanted = filter.toLowerCase();
	const ids = modelIdsFor(operation === 'edit' ? 'edit' : 'generate', 'custom');
	const results = ids
		.map((id) => ({ id, summary: MODELS.find((row) => row.id === id)?.summary ?? '' }))
		.filter(({ id, summary }) => `${id} ${summary}`.toLowerCase().includes(wanted))
		// The id is the label, because the panel shows the id of a default and the label of a pick.
		.map(({ id, summary }) => ({ name: id, value: id, description: summary }));
	return { results };
}
