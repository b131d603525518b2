import type { Capabilities } from '../../../nodes/SiliconFlowImage/contract/catalog';
import { FIELD_NAMES, FIELDS } from '../../../nodes/SiliconFlowImage/contract/fields';
import { LABELS } from '../../../nodes/SiliconFlowImage/contract/labels';

/** What the panel must show for a model, according to the capability table. */

/** Labels of the fields, in panel order. */
export function fieldsOf(operation: string, { size }: Capabilities): string[] {
	const images = [LABELS.imagesFrom, LABELS.images, LABELS.source, LABELS.inputDataFieldName];
	return [
		'Operation',
		LABELS.model,
		LABELS.prompt,
		...(operation === 'Edit Image' ? images : []),
		...(size ? [LABELS.imageSize] : []),
		LABELS.numberOfImages,
		'Options',
		'Execution Options',
	];
}

/** What "Add Option" of Options must offer. */
export function optionsOf({ fields }: Capabilities): string[] {
	const taken = FIELD_NAMES.filter((name) => fields[name] !== undefined);
	return [
		...taken.map((name) => FIELDS[name].label),
		LABELS.additionalBodyFields,
		LABELS.downloadImages,
		LABELS.fallbackModel,
		LABELS.fileName,
		LABELS.includeInputFields,
		LABELS.outputDataFieldName,
		LABELS.watermark,
	].sort((a, b) => a.localeCompare(b));
}
