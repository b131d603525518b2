import {
	NodeConnectionTypes,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
} from 'n8n-workflow';

/** An input item of a test. Its files go through n8n's binary storage. */
export interface Item {
	readonly json?: IDataObject;
	readonly files?: Readonly<Record<string, { bytes: Buffer; name?: string; mimeType?: string }>>;
}

/**
 * A trigger that outputs these items, in place of the steps before the node.
 *
 * @param onTrigger called with the context of the trigger before it outputs anything
 */
export function startWith(
	items: readonly Item[],
	onTrigger?: (context: IExecuteFunctions) => void,
): INodeType {
	return {
		description: {
			displayName: 'Manual Trigger',
			name: 'manualTrigger',
			group: ['trigger'],
			version: 1,
			description: 'Outputs the items of a test',
			defaults: { name: 'Manual' },
			inputs: [],
			outputs: [NodeConnectionTypes.Main],
			properties: [],
		},
		async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
			onTrigger?.(this);
			const out: INodeExecutionData[] = [];
			for (const { json = {}, files = {} } of items) {
				const item: INodeExecutionData = { json };
				for (const [field, { bytes, name, mimeType }] of Object.entries(files)) {
					item.binary ??= {};
					// Without a type, n8n would detect it with a package that jest cannot import.
					const type = mimeType ?? 'application/octet-stream';
					item.binary[field] = await this.helpers.prepareBinaryData(bytes, name, type);
				}
				out.push(item);
			}
			return [out];
		},
	};
}
