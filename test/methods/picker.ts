import { LoadOptionsContext } from 'n8n-core';
import {
	NodeHelpers,
	Workflow,
	type ILoadOptionsFunctions,
	type INodeListSearchResult,
	type INodeType,
	type INodeTypes,
	type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';
import { MapCredentialsHelper } from '../../harness/engine/credentialsHelper';
import type { Engine } from '../../harness/engine/engine';
import type { Simulator } from '../../simulator';

const CREDENTIAL = 'siliconFlowImageApi';
const TYPE = 'n8n-nodes-siliconflow-image.siliconFlowImage';

export interface Search {
	/** As it is stored. */
	readonly operation?: string;
	readonly filter?: string;
	/** The values of the credential; undefined if none is selected. */
	readonly credential?: Record<string, string>;
	/** The list is cached per credential, so tests that must ask the service use a new one each. */
	readonly credentialId?: string;
}

let credentials = 0;

export const newCredentialId = () => `credential-${++credentials}`;

/** A credential whose region is the simulated site. */
export const credentialFor = ({ apiKey, baseUrl }: Simulator, region: 'cn' | 'com') => ({
	region,
	apiKey,
	url: baseUrl,
});

/**
 * Opens the model list as n8n's server does for the editor (DynamicNodeParametersService): with a
 * workflow of one node, it calls the built node's method in n8n-core's own context.
 */
export async function openList(
	{ loader }: Engine,
	{ operation = 'generate', filter, credential, credentialId }: Search,
): Promise<INodeListSearchResult> {
	const nodeType = loader.getNode('siliconFlowImage').type as INodeType;
	const nodeTypes: INodeTypes = {
		getByName: () => nodeType,
		getByNameAndVersion: (_type, version) => NodeHelpers.getVersionedNodeType(nodeType, version),
		getKnownTypes: () => ({}),
	};
	const details = { id: credentialId ?? newCredentialId(), name: 'SiliconFlow' };
	const node = {
		parameters: { operation },
		id: 'uuid-1234',
		name: 'Temp-Node',
		type: TYPE,
		typeVersion: 1,
		position: [0, 0] as [number, number],
		...(credential ? { credentials: { [CREDENTIAL]: details } } : {}),
	};
	const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
	const additionalData = {
		currentNodeParameters: node.parameters,
		credentialsHelper: new MapCredentialsHelper(loader, { [CREDENTIAL]: credential ?? {} }),
	} as unknown as IWorkflowExecuteAdditionalData;
	const context: ILoadOptionsFunctions = new LoadOptionsContext(
		workflow,
		workflow.nodes['Temp-Node'],
		additionalData,
		'parameters.model',
	);
	return await nodeType.methods!.listSearch!.searchModels.call(context, filter);
}
