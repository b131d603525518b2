import type {
	IBinaryData,
	IBinaryKeyData,
	IDataObject,
	IExecuteFunctions,
	IGetNodeParameterOptions,
	INodeExecutionData,
} from 'n8n-workflow';
import type { Violation } from '../contract/request';
import type { Sanitizer } from '../contract/sanitize';
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
	 * What n8n knows about a file, or undefined when there is none of this name.
	 *
	 * @param name of a binary field. In a workflow whose files are inside the JSON (n8n's binary mode
	 * "combined"), a path such as `_files.data`, or the last part of it.
	 */
	file(name: string): IBinaryData | undefined {
		const fields = this.fields;
		if (Object.hasOwn(fields, name)) return fields[name];
		return this.fileAt(name) ?? this.fileAt(pathInJson(name));
	}

	get json(): IDataObject {
		return this.input?.json ?? {};
	}

	/** The names of the files of this item. */
	get fileNames(): string[] {
		const inJson = this.input?.json._files;
		const named = typeof inJson === 'object' && inJson !== null ? Object.keys(inJson) : [];
		const found = named.filter((name) => this.fileAt(pathInJson(name)));
		return [...new Set([...Object.keys(this.fields), ...found])];
	}

	/** The whole file, in whatever way n8n stores binary data. */
	async bytesOf(file: IBinaryData): Promise<Buffer> {
		return await this.context.helpers.getBinaryDataBuffer(this.index, file);
	}

	private get input(): INodeExecutionData | undefined {
		return this.context.getInputData()[this.index];
	}

	private get fields(): IBinaryKeyData {
		return this.input?.binary ?? {};
	}

	/** The file that n8n finds at a path; only n8n knows the binary mode of the workflow. */
	private fileAt(path: string): IBinaryData | undefined {
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

/**
 * Whether a value is a file as n8n's items hold it, such as an expression gives it. The same rule as
 * n8n's own helpers have, and that its values are texts.
 */
export function isFile(value: unknown): value is IBinaryData {
	const { mimeType, id, data } = (value ?? {}) as Partial<IBinaryData>;
	return typeof mimeType === 'string' && (typeof id === 'string' || typeof data === 'string');
}
