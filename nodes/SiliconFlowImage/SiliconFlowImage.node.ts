import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { nodeProperties } from './description';
import { subtitle } from './description/model';
import { executeItems } from './execution/execute';
import { searchModels } from './methods/searchModels';

export class SiliconFlowImage implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'SiliconFlow Image',
		name: 'siliconFlowImage',
		icon: { light: 'file:siliconFlowImage.svg', dark: 'file:siliconFlowImage.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle,
		description: 'Generate and edit images with SiliconFlow models',
		defaults: { name: 'SiliconFlow Image' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'siliconFlowImageApi', required: true }],
		properties: nodeProperties(),
	};

	methods = { listSearch: { searchModels } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [await executeItems(this)];
	}
}
