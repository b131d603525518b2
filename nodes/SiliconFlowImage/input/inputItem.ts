import type {
	IDataObject,
	IExecuteFunctions,
	IGetNodeParameterOptions,
	INodeExecutionData,
} from 'n8n-workflow';
import { imageTypeOfBase64 } from '../contract/imageHeader';
import type { Violation } from '../contract/request';
import type { Sanitizer } from '../contract/sanitize';
import { asRecord, isText } from '../contract/unknownValue';
import { adviceForExpressionText } from './expressionText';
import { describeViolation, operationError } from './refusal';

/** One item of the input: what the parameters say for it, which files it has, and how to refuse it. */
export class InputItem {
	constructor(
		readonly context: IExecuteFunctions,
		/** Position among the input items, from 0. */
		readonly index: number,
		/** What every text for people passes. */
		readonly sanitizer: Sanitizer,
		/** Whether its images are combined with those of other items. */
		readonly isCombined = false,
	) {}

	/**
	 * The value of a parameter for this item, with its expressions resolved.
	 *
	 * @param name path in the panel, such as `images.image`; a literal, because a test compares the
	 * names that are read with those of the panel
	 * @param fallback value of a parameter that is not set
	 * @throws n8n's exception for an expression that cannot be resolved, and for a parameter that is
	 * not set and has no fallback
	 */
	parameter(name: string, fallback?: unknown, options?: IGetNodeParameterOptions): unknown {
		return this.context.getNodeParameter(name, this.index, fallback, options);
	}

	/** Whether an AI agent runs the node as its tool. n8n tells by the same ending. */
	get isTool(): boolean {
		return this.context.getNode().type.endsWith('Tool');
	}

	/**
	 * What stands under the name of a file, or undefined when nothing does. It may be of any shape,
	 * because a Code step puts there what it wants; `asFile` reads it.
	 *
	 * @param name of a binary field. In a workflow whose files are inside the JSON (n8n's binary mode
	 * "combined"), a path such as `_files.data`, or the last part of it.
	 */
	fileEntry(name: string): { readonly value: unknown } | undefined {
		const { fields } = this;
		if (Object.hasOwn(fields, name)) return { value: fields[name] };
		const value = this.fileAt(name) ?? this.fileAt(pathInJson(name));
		return value === undefined ? undefined : { value };
	}

	get json(): IDataObject {
		return this.input?.json ?? {};
	}

	/** The names of the files of this item. */
	get fileNames(): string[] {
		const named = Object.keys(asRecord(this.json._files));
		const found = named.filter((name) => this.fileAt(pathInJson(name)));
		return [...new Set([...Object.keys(this.fields), ...found])];
	}

	private get input(): INodeExecutionData | undefined {
		return this.context.getInputData()[this.index];
	}

	private get fields(): Record<string, unknown> {
		return asRecord(this.input?.binary);
	}

	/** The file that n8n finds at a path; only n8n knows the binary mode of the workflow. */
	private fileAt(path: string): unknown {
		try {
			const found: unknown = this.context.helpers.assertBinaryData(this.index, path);
			// For a name such as "constructor", n8n answers with what every object has.
			return isFile(found) ? found : undefined;
		} catch {
			return undefined;
		}
	}

	/** A value as a message quotes it. */
	show(value: unknown): string {
		return this.sanitizer.value(value);
	}

	/** Several values as a message quotes them, separated by commas. */
	showList(values: readonly unknown[]): string {
		return this.sanitizer.list(values);
	}

	/** What is wrong with a value, as a sentence: 'Steps' must be ..., but is ... */
	describe(violation: Violation): string {
		return describeViolation(this, violation);
	}

	/**
	 * Refuses this item for the value of a parameter. Where the value is the text of an expression, the
	 * way on is to make it one.
	 *
	 * @param description how to get on with any other value
	 * @throws NodeOperationError with `itemIndex`
	 */
	refuseValue(violation: Violation, description: string): never {
		const advice = adviceForExpressionText(violation.label, violation.value);
		return this.refuse(this.describe(violation), advice ?? description);
	}

	/**
	 * Refuses this item for something that a person can fix.
	 *
	 * @param message what is wrong, with the label of the parameter in 'single quotes'
	 * @param description how to get on
	 * @throws NodeOperationError with `itemIndex`
	 */
	refuse(message: string, description: string): never {
		throw operationError(this, message, { itemIndex: this.index, description });
	}
}

/** Where n8n puts the files of an item in binary mode "combined". */
function pathInJson(name: string): string {
	return `_files[${JSON.stringify(name)}]`;
}

/** A file as an item holds it, whatever shape it has there. */
export interface ItemFile {
	/** Where n8n's storage has it. */
	readonly id?: string;
	/** Its content, if it is not stored: base64, as n8n keeps it in memory, or the bytes. */
	readonly content?: string | Buffer;
	/** Whether n8n itself wrote the content from bytes: then it has noted its size. */
	readonly isKept?: boolean;
	/** As the item says, if it says so. */
	readonly name?: string;
	readonly mimeType?: string;
}

/**
 * Reads a file by its shape: as n8n's items hold it, with or without a type, or as Code steps give it,
 * with bytes in place of the base64, or as bytes or text alone.
 *
 * @param value what stands under the name of a file, so that it is meant to be one
 * @returns undefined for what has neither a place in the storage nor content
 */
export function asFile(value: unknown): ItemFile | undefined {
	const alone = isText(value) ? value : bytesIn(value);
	if (alone !== undefined) return { content: alone };
	const { id, data, fileName, mimeType, fileSize } = asRecord(value);
	const known = {
		name: isText(fileName) ? fileName : undefined,
		mimeType: isText(mimeType) ? mimeType : undefined,
	};
	if (isText(id)) return { ...known, id };
	const content = typeof data === 'string' ? data : bytesIn(data);
	return content === undefined ? undefined : { ...known, content, isKept: isText(fileSize) };
}

/** Most bytes of a list of numbers: above what any input image may have. */
const MAX_LISTED_BYTES = 32 * 1024 * 1024;

/** Bytes as a Code step holds them, or as they are once its result was written as JSON. */
function bytesIn(value: unknown): Buffer | undefined {
	if (value instanceof ArrayBuffer) return Buffer.from(value);
	if (ArrayBuffer.isView(value)) {
		return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
	}
	const { type, data } = asRecord(value);
	const isWritten = type === 'Buffer' && Array.isArray(data) && data.length <= MAX_LISTED_BYTES;
	return isWritten ? Buffer.from(data as number[]) : undefined;
}

/**
 * Whether a value that may be anything is a file, such as an expression gives it: it says that it is
 * one, or its content is that of an image.
 */
export function isFile(value: unknown): boolean {
	if (typeof value !== 'object') return false;
	const file = asFile(value);
	if (file === undefined) return false;
	const { content, name, mimeType } = file;
	if (mimeType !== undefined || name !== undefined || Buffer.isBuffer(content)) return true;
	return content !== undefined && imageTypeOfBase64(content) !== undefined;
}
