import fc from 'fast-check';
import { capabilitiesOf, type Capabilities } from '../../nodes/SiliconFlowImage/contract/catalog';
import { buildBody, type RequestValues } from '../../nodes/SiliconFlowImage/contract/request';

/** Shortcuts to build a body in a test and to read the refusals. */

export const kolors = capabilitiesOf('Kwai-Kolors/Kolors', 'cn');
export const qwen = capabilitiesOf('Qwen/Qwen-Image', 'cn');
export const editor = capabilitiesOf('Qwen/Qwen-Image-Edit-2509', 'cn');

/** A model of the international site, by the last part of its id. */
export const flux = (name: string) => capabilitiesOf(`black-forest-labs/${name}`, 'com');

export const generate = (model: Capabilities, values: Partial<RequestValues>) =>
	buildBody(model, 'generate', { prompt: 'a fox', fields: {}, ...values });

export const edit = (model: Capabilities, values: Partial<RequestValues>) =>
	buildBody(model, 'edit', { prompt: 'a fox', fields: {}, ...values });

/** Texts with difficult characters. fast-check's own unit for any character is slow to set up. */
export const anyText = fc.string({
	unit: fc.constantFrom(...'aZ09 _-<>&%"\'`\\/{}[]\n\r\t\0\u007f\u2028éß中文😀\u0301\ud800'),
});

/** Every violated rule once, as a sentence. */
export function rulesOf(built: ReturnType<typeof buildBody>): Set<string> {
	const violations = 'violations' in built ? built.violations : [];
	return new Set(violations.map(({ label, rule }) => `${label} ${rule}`));
}
