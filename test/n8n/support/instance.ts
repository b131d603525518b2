import { parse } from 'flatted';
import type { IDataObject, INodeExecutionData, IRunExecutionData } from 'n8n-workflow';
import { CURRENT, prepareHost } from '../../../harness/n8n/install/hosts';
import { logIn, type RestClient } from '../../../harness/n8n/instance/rest';
import { startServer, type Server } from '../../../harness/n8n/instance/server';
import { waitUntil } from '../../../harness/n8n/process/processes';
import { newUserFolder } from './userFolders';
import type { Workflow } from './workflow';

export const OWNER = { email: 'owner@example.com', password: 'Loopback-0nly' };

export interface Reference {
	id: string;
	name: string;
}

export interface Execution {
	id: string;
	status: string;
	mode: string;
	/** What each step did. */
	data: IRunExecutionData;
}

export type SavedWorkflow = Workflow & { versionId: string };

/** A running n8n with a logged-in user. */
export interface Instance {
	server: Server;
	userFolder: string;
	rest: RestClient;
	createCredential(type: string, data: IDataObject, name?: string): Promise<Reference>;
	createWorkflow(workflow: Workflow): Promise<SavedWorkflow>;
	/** Presses "Publish", so that the triggers listen. */
	publish(workflow: SavedWorkflow): Promise<void>;
	/** Presses "Execute workflow" and returns the execution's id. */
	start(workflow: Workflow, trigger?: string): Promise<string>;
	/** The stored execution, once it has finished. */
	finished(executionId: string): Promise<Execution>;
	execution(executionId: string): Promise<Execution>;
	/** The latest executions of a workflow, the newest first. */
	executionsOf(workflowId: string, count: number): Promise<Execution[]>;
	stop(): Promise<void>;
}

/** Starts the newest n8n with the packed package. */
export async function startInstance(
	settings: NodeJS.ProcessEnv = {},
	userFolder = newUserFolder(),
): Promise<Instance> {
	const host = await prepareHost(CURRENT, () => {});
	const server = await startServer({ host, userFolder, owner: OWNER, settings });
	const rest = await logIn(server.url, OWNER);

	const execution = async (id: string) => {
		const stored = await rest.get<Omit<Execution, 'data'> & { data: string }>(
			`/rest/executions/${id}`,
		);
		return { ...stored, data: parse(stored.data) as IRunExecutionData };
	};
	return {
		server,
		userFolder,
		rest,
		createCredential: async (type, data, name = type) =>
			await rest.post('/rest/credentials', { name, type, data }),
		createWorkflow: async (workflow) => await rest.post('/rest/workflows', workflow),
		publish: async ({ id, versionId }) =>
			void (await rest.post(`/rest/workflows/${id}/activate`, { versionId })),
		async start(workflow, trigger = workflow.nodes[0].name) {
			const body = { workflowData: workflow, triggerToStartFrom: { name: trigger } };
			const { executionId } = await rest.post<{ executionId: string }>(
				`/rest/workflows/${workflow.id}/run`,
				body,
			);
			return executionId;
		},
		async finished(id) {
			const over = async () =>
				!['new', 'running', 'waiting'].includes((await execution(id)).status);
			await waitUntil(over, `Execution ${id} has ended`, { process: server.process });
			return await execution(id);
		},
		execution,
		async executionsOf(workflowId, count) {
			const filter = encodeURIComponent(JSON.stringify({ workflowId }));
			const { results } = await rest.get<{ results: Array<{ id: string }> }>(
				`/rest/executions?filter=${filter}&limit=${count}`,
			);
			return await Promise.all(results.map(async (result) => await execution(result.id)));
		},
		stop: async () => await server.stop(),
	};
}

/** The items of a step's first output. */
export const itemsOf = ({ data }: Execution, step: string): INodeExecutionData[] =>
	data.resultData.runData[step]?.[0].data?.main[0] ?? [];
