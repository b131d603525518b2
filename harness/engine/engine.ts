import 'reflect-metadata';
import { Container } from '@n8n/di';
import { parse, stringify } from 'flatted';
import {
	BinaryDataConfig,
	BinaryDataService,
	ExecutionLifecycleHooks,
	ExternalSecretsProxy,
	PackageDirectoryLoader,
	WorkflowExecute,
} from 'n8n-core';
import {
	createEmptyRunExecutionData,
	NodeConnectionTypes,
	NodeHelpers,
	Workflow,
	type IConnections,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type IExecuteFunctions,
	type INode,
	type INodeExecutionData,
	type INodeType,
	type INodeTypes,
	type IRun,
	type IRunExecutionData,
	type IWorkflowExecuteAdditionalData,
	type IWorkflowSettings,
} from 'n8n-workflow';
import { projectRoot } from '../locations';
import { MapCredentialsHelper } from './credentialsHelper';

/** The folder n8n loads the package from; it holds the built `dist`. */
export const PACKAGE_DIRECTORY = projectRoot;

const TRIGGER = 'n8n-nodes-base.manualTrigger';
const STICKY_NOTE = 'n8n-nodes-base.stickyNote';
const ORIGIN = 'http://localhost:5678';

export type BinaryMode = 'filesystem' | 'default';

/** The parts of an exported workflow that the engine needs. */
export interface WorkflowJson {
	readonly nodes: INode[];
	readonly connections: IConnections;
	readonly settings?: IWorkflowSettings;
}

export interface EngineOptions {
	/** Decrypted credentials by type name, as the user entered them. */
	readonly credentials: Record<string, ICredentialDataDecryptedObject>;
	/** `default` is n8n's in-memory mode. */
	readonly binaryMode?: BinaryMode;
	/** Another folder to load the package from, such as an unpacked tarball. */
	readonly packageDirectory?: string;
}

/** An input item of a test. Its files go through n8n's binary storage. */
export interface Item {
	readonly json?: IDataObject;
	readonly files?: Readonly<Record<string, { bytes: Buffer; name?: string; mimeType?: string }>>;
	/** What stands in place of files without passing n8n's storage, as a Code step may put it there. */
	readonly binary?: Readonly<Record<string, unknown>>;
}

export interface RunOptions {
	/** The items from the trigger; default one empty item. */
	readonly items?: readonly Item[];
	/** Called when the run has started, with a function that cancels it. */
	readonly onStart?: (cancel: () => void) => void;
	/** Called by the trigger with its context, which has the logger and cancel signal of all steps. */
	readonly onTrigger?: (context: IExecuteFunctions) => void;
	/** None, as an inline sub-workflow has none, for null. */
	readonly workflowId?: string | null;
	/** A failed run that goes on where it failed, as "Retry execution" in n8n's list lets it. */
	readonly retryOf?: IRun;
}

/**
 * Runs this package in n8n's own engine: its loader, WorkflowExecute and binary storage. Only the
 * trigger and the credential store are replaced, because they are part of n8n's server.
 */
export async function createEngine(options: EngineOptions) {
	const { credentials, binaryMode = 'filesystem', packageDirectory = PACKAGE_DIRECTORY } = options;
	Container.get(BinaryDataConfig).mode = binaryMode;
	const binary = Container.get(BinaryDataService);
	await binary.init();
	const loader = new PackageDirectoryLoader(packageDirectory);
	await loader.loadAll();
	let executions = 0;

	async function run(workflowJson: WorkflowJson, runOptions: RunOptions = {}): Promise<IRun> {
		const { items = [{}], onStart, onTrigger, workflowId = 'workflow-1', retryOf } = runOptions;
		const executionId = String(++executions);
		const trigger = startWith(items, onTrigger);
		const lookUp = (type: string) => {
			if (type === TRIGGER) return trigger;
			const [, name, tool] = /([^.]+?)(Tool)?$/.exec(type) ?? [];
			const found = loader.getNode(name).type as INodeType;
			return tool ? asTool(found) : found;
		};
		const nodeTypes: INodeTypes = {
			getByName: lookUp,
			getByNameAndVersion: (type, version) =>
				NodeHelpers.getVersionedNodeType(lookUp(type), version),
			getKnownTypes: () => ({}),
		};
		// A run must not change the workflow it was given.
		const given = JSON.parse(JSON.stringify(workflowJson)) as WorkflowJson;
		const workflow = new Workflow({
			...given,
			// Notes are nodes of n8n's server, and nothing runs them.
			nodes: given.nodes.filter(({ type }) => type !== STICKY_NOTE),
			id: workflowId ?? undefined,
			active: false,
			nodeTypes,
			settings: { executionOrder: 'v1', ...given.settings },
		});
		const startNode = Object.values(workflow.nodes).find((node) => node.type === TRIGGER);
		const additionalData = {
			executionId,
			currentNodeExecutionIndex: 0,
			variables: {},
			credentialsHelper: new MapCredentialsHelper(loader, credentials),
			userId: 'user-1',
			restApiUrl: ORIGIN,
			instanceBaseUrl: ORIGIN,
			webhookBaseUrl: `${ORIGIN}/webhook`,
			webhookTestBaseUrl: `${ORIGIN}/webhook-test`,
			webhookWaitingBaseUrl: `${ORIGIN}/webhook-waiting`,
			formWaitingBaseUrl: `${ORIGIN}/form-waiting`,
			hooks: new ExecutionLifecycleHooks('manual', executionId, {
				id: workflowId ?? '',
				name: 'workflow',
				nodes: [],
				connections: {},
			} as never),
			externalSecretsProxy: Container.get(ExternalSecretsProxy),
		} as unknown as IWorkflowExecuteAdditionalData;
		const execution = retryOf
			? new WorkflowExecute(additionalData, 'retry', dataForRetry(retryOf)).processRunExecutionData(
					workflow,
				)
			: new WorkflowExecute(additionalData, 'manual', createEmptyRunExecutionData()).run({
					workflow,
					startNode,
				});
		onStart?.(() => execution.cancel());
		return await execution;
	}

	/** The output items of a node; output 1 is the error output. */
	function itemsOf(result: IRun, nodeName: string, output = 0): INodeExecutionData[] {
		return result.data.resultData.runData[nodeName]?.[0].data?.main[output] ?? [];
	}

	/** The bytes of a binary field, from whichever storage holds them. */
	async function bytesOf(item: INodeExecutionData, field = 'data'): Promise<Buffer> {
		const data = item.binary?.[field];
		if (!data) throw new Error(`The item has no binary field ${field}`);
		return await binary.getAsBuffer(data);
	}

	return { loader, run, itemsOf, bytesOf };
}

/** What n8n makes of a stored execution before it goes on with it (ExecutionService, retry). */
function dataForRetry({ data }: IRun): IRunExecutionData {
	const stored = parse(stringify(data)) as IRunExecutionData;
	const { resultData } = stored;
	delete resultData.error;
	const runs = resultData.runData[resultData.lastNodeExecuted ?? ''];
	if (runs?.[runs.length - 1]?.error !== undefined) runs.pop();
	return stored;
}

/**
 * A trigger that outputs these items, in place of the steps before the node.
 *
 * @param onTrigger called with the context of the trigger before it outputs anything
 */
function startWith(
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
			for (const { json = {}, files = {}, binary } of items) {
				const item: INodeExecutionData = { json };
				if (binary) item.binary = { ...binary } as INodeExecutionData['binary'];
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

/** As n8n makes a tool of a node; by the ending of its name, n8n tells what `@tool` is. */
function asTool(type: INodeType): INodeType {
	const description = { ...type.description, name: `${type.description.name}Tool` };
	return Object.assign(Object.create(type) as INodeType, { description });
}

export type Engine = Awaited<ReturnType<typeof createEngine>>;
