import type { IBinaryData, IExecuteFunctions, IGetNodeParameterOptions } from 'n8n-workflow';
import { operationError } from './refusal';

/** One item of the input: what the parameters say for it, which files it has, and how to refuse it. */
export class InputItem {
	constructor(
		readonly context: IExecuteFunctions,
		/** Position among the input items, from 0. */
		readonly index: number,
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

	/** What n8n knows about the file in a binary field, or undefined when there is no such field. */
	binary(field: string): IBinaryData | undefined {
		try {
			return this.context.helpers.assertBinaryData(this.index, field);
		} catch {
			return undefined;
		}
	}

	/** The names of the binary fields of this item. */
	get binaryFields(): string[] {
		return Object.keys(this.context.getInputData()[this.index]?.binary ?? {});
	}

	/** The whole file in a binary field, in whatever way n8n stores binary data. */
	async bytesOf(field: string): Promise<Buffer> {
		return await this.context.helpers.getBinaryDataBuffer(this.index, field);
	}

	/**
	 * Refuses this item for something that a person can put right.
	 *
	 * @param message what is wrong, with the label of the parameter in 'single quotes'
	 * @param description how to get on
	 * @throws NodeOperationError with `itemIndex`
	 */
	refuse(message: string, description: string): never {
		throw operationError(this.context, message, { itemIndex: this.index, description });
	}
}
