import type { Capabilities } from '../../../nodes/SiliconFlowImage/contract/catalog';
import { FIELD_NAMES, FIELDS, LABELS } from '../../../nodes/SiliconFlowImage/contract/fields';

/** What the panel must show for a model, by the capability table. */

/** Labels of the fields in the order of the panel. */
export function fieldsOf(operation: string, { size }: Capabilities): string[] {
	const images = [LABELS.images, 'Source', 'Input Data Field Name'];
	return [
		'Operation',
		LABELS.model,
		LABELS.prompt,
		...(operation === 'Edit' ? images : []),
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
		'Download Images',
		'File Name',
		'Output Data Field Name',
		'Watermark',
	].sort((a, b) => a.localeCompare(b));
}
