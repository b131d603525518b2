import type { INodeProperties } from 'n8n-workflow';
import { capabilitiesOf, modelIds, modelIdsFor } from '../contract/catalog';
import { MODELS, type ModelRow } from '../contract/models';
import { OPERATION_NAMES, OPERATIONS, type Operation } from '../contract/operations';
import { allOf, ofOperation, onlyFor } from './visibility';

/**
 * Notices under Model, of which n8n shows one while the chosen model cannot do the chosen operation:
 * the editor keeps the model when the operation changes, and the run would refuse it. There is none for
 * a model that is not in the table or comes from an expression, because only the run knows it.
 *
 * @param rows the capability table; the shipped one by default
 */
export function wrongModelNotices(rows: readonly ModelRow[] = MODELS): INodeProperties[] {
	return OPERATION_NAMES.flatMap((operation) =>
		modelIds(rows)
			.filter((id) => !modelIdsFor(operation, 'custom', rows).includes(id))
			.map((id) => notice(id, operation, rows)),
	);
}

function notice(id: string, operation: Operation, rows: readonly ModelRow[]): INodeProperties {
	const able = capabilitiesOf(id, 'custom', rows).operations.map((name) => OPERATIONS[name].does);
	const instead = replacement(id, operation, rows);
	const advice = instead === undefined ? '' : `, such as ${instead}`;
	return {
		displayName: `The model ${id} only ${able.join(' and ')} images. Choose a model that ${OPERATIONS[operation].does} images${advice}.`,
		name: 'wrongModel',
		type: 'notice',
		default: '',
		...allOf(ofOperation(operation), onlyFor(id)),
	};
}

/** A model that is made for the operation and available wherever this one is; the first in the table. */
function replacement(
	id: string,
	operation: Operation,
	rows: readonly ModelRow[],
): string | undefined {
	const sites = rows.filter((row) => row.id === id).map(({ site }) => site);
	const able = modelIdsFor(operation, 'custom', rows).filter((other) =>
		sites.every((site) => modelIdsFor(operation, site, rows).includes(other)),
	);
	const isMadeForIt = (other: string) =>
		capabilitiesOf(other, 'custom', rows).operations.length === 1;
	return able.find(isMadeForIt) ?? able[0];
}
