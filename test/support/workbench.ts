import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INode,
	type INodeExecutionData,
	type INodeParameters,
	type IRun,
	type IWorkflowSettings,
	type NodeApiError,
	type NodeExecutionHint,
} from 'n8n-workflow';
import {
	createEngine,
	type Engine,
	type EngineOptions,
	type RunOptions,
} from '../../harness/engine/engine';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../simulator';
import { assertKeyStaysSecret, takeLines, watchLogger, watchLogs } from './secrets';
import { assertWordsAreHarmless, wordsOf } from './words';

/** What a person sees after running a workflow whose last step is the node under test. */
export interface Outcome {
	readonly status: IRun['status'];
	readonly error?: NodeApiError;
	/** Items of the step's first output. */
	readonly items: INodeExecutionData[];
	/** Items of the step's error output. */
	readonly errorItems: INodeExecutionData[];
	readonly hints: NodeExecutionHint[];
	readonly run: IRun;
	/** Everything of it that n8n shows to people. */
	readonly words: string[];
}

/** Each run is of a workflow of its own, unless `workflowId` says which one is run again. */
export interface StepOptions extends RunOptions {
	readonly onError?: INode['onError'];
	/** Whether the node is the tool of an AI agent. It runs on the items as always. */
	readonly asTool?: boolean;
	readonly retryOnFail?: boolean;
	/** With `retryOnFail`: how often n8n runs the step at most; 3 by default. */
	readonly maxTries?: number;
	/** Of the step; by default its name. */
	readonly nodeId?: string;
	/** The setting of the step. n8n itself hands over the first item alone then. */
	readonly executeOnce?: boolean;
	/** Settings of the workflow. */
	readonly settings?: IWorkflowSettings;
	/** Whether the items hold the API key; what people read is searched for it all the same. */
	readonly isKeyInItems?: boolean;
}

export interface Workbench {
	readonly simulator: Simulator;
	readonly engine: Engine;
	/** Runs Manual Trigger -> SiliconFlow Image with these parameters. */
	step(parameters: INodeParameters, options?: StepOptions): Promise<Outcome>;
	/** Runs a chain of SiliconFlow Image steps. The outcome is that of the last. */
	chain(steps: readonly INodeParameters[], options?: StepOptions): Promise<Outcome>;
	close(): Promise<void>;
}

export interface WorkbenchOptions {
	/** With a `site`, the credential's region is that site; otherwise it is a custom base URL. */
	readonly simulator?: SimulatorOptions;
	readonly credential?: Record<string, string>;
	readonly binaryMode?: EngineOptions['binaryMode'];
	readonly packageDirectory?: string;
}

/**
 * Starts a simulator and an engine configured for it. Close it when done. After every run it checks
 * that the API key does not leak, and that n8n shows nothing harmful to people.
 */
export async function openWorkbench(options: WorkbenchOptions = {}): Promise<Workbench> {
	// Nobody looks at these images.
	const simulator = await startSimulator({ blockSize: 16, ...options.simulator });
	const apiKey = options.credential?.apiKey ?? simulator.apiKey;
	const region = options.credential?.region ?? options.simulator?.site ?? 'custom';
	watchLogs();
	// If the engine cannot be created, the server must not keep jest from ending.
	const engine = await createEngine({
		binaryMode: options.binaryMode,
		packageDirectory: options.packageDirectory,
		credentials: {
			siliconFlowImageApi: {
				region,
				// The base URL follows from the region, unless it is already stored.
				...(region === 'custom' ? { baseUrl: simulator.baseUrl } : { url: simulator.baseUrl }),
				...options.credential,
				apiKey,
			},
		},
	}).catch(async (thrown: Error) => {
		await simulator.close();
		throw thrown;
	});

	let workflows = 0;

	async function chain(steps: readonly INodeParameters[], step: StepOptions = {}) {
		const nodes = steps.map((parameters, i) => imageNode(`Image ${i + 1}`, parameters, step));
		const trigger: INode = {
			id: 'trigger',
			name: 'Manual',
			type: 'n8n-nodes-base.manualTrigger',
			typeVersion: 1,
			position: [0, 0],
			parameters: {},
		};
		const all = [trigger, ...nodes];
		const connections = Object.fromEntries(
			nodes.map(({ name }, i) => [
				all[i].name,
				{ main: [[{ node: name, type: NodeConnectionTypes.Main, index: 0 }]] },
			]),
		);
		const onTrigger = (context: IExecuteFunctions) => {
			watchLogger(context.logger);
			step.onTrigger?.(context);
		};
		const run = await engine.run(
			{ nodes: all, connections, settings: step.settings },
			{ workflowId: `workflow-${++workflows}`, ...step, onTrigger },
		);
		const words = wordsOf(
			run,
			nodes.map(({ name }) => name),
		);
		const lines = takeLines();
		assertWordsAreHarmless([...words, ...lines]);
		assertKeyStaysSecret(apiKey, step.isKeyInItems ? { words, lines } : run, simulator);
		const last = nodes[nodes.length - 1].name;
		return {
			status: run.status,
			error: run.data.resultData.error as NodeApiError | undefined,
			items: engine.itemsOf(run, last),
			errorItems: engine.itemsOf(run, last, 1),
			hints: run.data.resultData.runData[last]?.[0].hints ?? [],
			run,
			words,
		};
	}

	return {
		simulator,
		engine,
		chain,
		step: async (parameters, step) => await chain([parameters], step),
		close: async () => await simulator.close(),
	};
}

/** The node as the editor stores it. A plain id means a model selected from the list. */
function imageNode(
	name: string,
	parameters: INodeParameters,
	{ onError, retryOnFail, maxTries, executeOnce, nodeId = name, asTool = false }: StepOptions,
): INode {
	const { model } = parameters;
	return {
		id: nodeId,
		name,
		type: `n8n-nodes-siliconflow-image.siliconFlowImage${asTool ? 'Tool' : ''}`,
		typeVersion: 1,
		position: [200, 0],
		credentials: { siliconFlowImageApi: { id: '1', name: 'SiliconFlow' } },
		onError,
		retryOnFail,
		maxTries,
		waitBetweenTries: 1,
		executeOnce,
		parameters:
			typeof model === 'string'
				? {
						...parameters,
						model: { __rl: true, mode: model.startsWith('=') ? 'id' : 'list', value: model },
					}
				: parameters,
	};
}
