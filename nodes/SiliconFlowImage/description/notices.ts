import type { INodeProperties } from 'n8n-workflow';
import { capabilitiesOf, modelIds, modelIdsFor, rowsOf } from '../contract/catalog';
import { OPERATION_NAMES, OPERATIONS, type Operation } from '../contract/operations';
import { allOf, ofOperation, onlyFor } from './visibility';

/**
 * Notices under Model, of which n8n shows one while the chosen model cannot do the chosen operation:
 * the editor keeps the model when the operation changes, and the run would refuse it. There is none for
 * a model that is not in the table or comes from an expression, because only the run knows it.
 */
export function wrongModelNotices(): INodeProperties[] {
	return OPERATION_NAMES.flatMap((operation) =>
		modelIds()
			.filter((id) => !modelIdsFor(operation, 'custom').includes(id))
			.map((id) => notice(id, operation)),
	);
}

function notice(id: string, operation: Operation): INodeProperties {
	const able = capabilitiesOf(id, 'custom').operations.map((name) => OPERATIONS[name].does);
	const instead = replacement(id, operation);
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
function replacement(id: string, operation: Operation): string | undefined {
	const sites = rowsOf(id).map(({ site }) => site);
	const able = modelIdsFor(operation, 'custom').filter((other) =>
		sites.every((site) => modelIdsFor(operation, site).includes(other)),
	);
	const isMadeForIt = (other: string) => capabilitiesOf(other, 'custom').operations.length === 1;
	return able.find(isMadeForIt) ?? able[0];
}
