import type { IDataObject } from 'n8n-workflow';
import type { InputItem } from './inputItem';
import { asSwitch } from './values';

/**
 * Fields that are not carried on, because n8n takes them for more than data:
 * - `error` in the first item makes "Retry On Fail" run the whole step again, which is paid for again
 *   (WorkflowExecute, checkFailure)
 * - `_files` holds the files of items in binary mode "combined". Files are not carried on, and one
 *   that is no object ends the run after the images were paid for (convertBinaryData)
 * - `__proto__` would become the prototype where an object is copied field by field
 */
const LEFT_OUT: readonly string[] = ['error', '_files', '__proto__'];

/** The fields of an item's own JSON that may stand beside those of the output. */
export function inputFields(item: InputItem): IDataObject {
	return Object.fromEntries(Object.entries(item.json).filter(([name]) => !LEFT_OUT.includes(name)));
}

/**
 * The same for an item that could not be read, if it asks for them.
 *
 * @returns no fields if the option is off or cannot be read either
 */
export function inputFieldsOfRefused(item: InputItem): IDataObject {
	try {
		const isIncluded = asSwitch(item.parameter('options.includeInputFields', false)) === true;
		return isIncluded ? inputFields(item) : {};
	} catch {
		return {};
	}
}
