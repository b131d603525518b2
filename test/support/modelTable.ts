import { MODELS, type ModelRow } from '../../nodes/SiliconFlowImage/contract/models';

const SHIPPED = [...MODELS];

/** Replaces the rows of the capability table, as if others stood in it. The file's own until reset. */
export function setModels(rows: readonly ModelRow[] = SHIPPED): void {
	(MODELS as ModelRow[]).splice(0, Infinity, ...rows);
}
