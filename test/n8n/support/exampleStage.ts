import { randomUUID } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import { readExample, withCredentials } from '../../../harness/examples';
import {
	chatModelCredential,
	simulatorCredential,
	type ImportedCredential,
} from '../../../harness/n8n/instance/credential';
import { startSimulator, type Simulator } from '../../../simulator';
import { startChatModel, type ChatModel } from '../../../simulator/chat/chatModel';
import { imageAssistant } from '../../../simulator/chat/imageAssistant';
import { startInstance, type Instance } from './instance';
import type { Workflow } from './workflow';

/** An n8n with the credentials that the examples need, for the simulated services. */
export interface ExampleStage {
	readonly simulator: Simulator;
	readonly chatModel: ChatModel;
	readonly n8n: Instance;
	/** The example as it is after a person has imported it and chosen the credentials. */
	imported(name: string): Workflow;
	close(): Promise<void>;
}

export async function openExampleStage(): Promise<ExampleStage> {
	const simulator = await startSimulator();
	const chatModel = await startChatModel(imageAssistant);
	const n8n = await startInstance();
	const create = async ({ type, name, data }: ImportedCredential) => ({
		...(await n8n.createCredential(type, data as IDataObject, name)),
		type,
	});
	const credentials = [
		await create(simulatorCredential(simulator)),
		await create(chatModelCredential(chatModel)),
	];
	return {
		simulator,
		chatModel,
		n8n,
		imported(name) {
			const id = randomUUID().replaceAll('-', '').slice(0, 16);
			const example = withCredentials(readExample(name), credentials);
			return { ...example, id, active: false, pinData: {} } as unknown as Workflow;
		},
		async close() {
			await n8n.stop();
			await chatModel.close();
			await simulator.close();
		},
	};
}
