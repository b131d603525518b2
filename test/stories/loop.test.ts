import { NodeConnectionTypes, type INode, type INodeParameters } from 'n8n-workflow';
import { failures } from '../../simulator';
import { openWorkbench, type Workbench } from '../support/workbench';

/**
 * A step that runs several times in one execution, as in a loop. Here, two steps lead to it, and n8n runs
 * it once for each.
 */

let bench: Workbench;
beforeAll(async () => {
	bench = await openWorkbench();
});
afterEach(() => bench.simulator.reset());
afterAll(async () => await bench.close());

const node = (name: string, parameters: INodeParameters, more: Partial<INode> = {}): INode => ({
	id: name,
	name,
	type: 'n8n-nodes-siliconflow-image.siliconFlowImage',
	typeVersion: 1,
	position: [0, 0],
	credentials: { siliconFlowImageApi: { id: '1', name: 'SiliconFlow' } },
	parameters,
	...more,
});
const to = (...names: string[]) => ({
	main: [names.map((name) => ({ node: name, type: NodeConnectionTypes.Main, index: 0 }))],
});

/** The names of the files of each run of the last step. */
async function runTwice(parameters: INodeParameters, more: Partial<INode> = {}) {
	const links = { options: { download: false } };
	const run = await bench.engine.run({
		nodes: [
			node('Manual', {}, { type: 'n8n-nodes-base.manualTrigger', credentials: undefined }),
			node('One', { prompt: 'a fox', ...links }),
			node('Two', { prompt: 'an owl', ...links }),
			node('Last', { prompt: 'a bee', ...parameters }, more),
		],
		connections: { Manual: to('One', 'Two'), One: to('Last'), Two: to('Last') },
	});
	expect(run.status).toBe('success');
	return run.data.resultData.runData.Last.map(({ data }) =>
		data?.main[0]?.map(({ binary }) => binary?.data.fileName),
	);
}

it('the files of each run have names of their own', async () => {
	expect(await runTwice({})).toStrictEqual([['image.png'], ['image-2.png']]);
});

it('several images a run are numbered on', async () => {
	expect(await runTwice({ numberOfImages: 2 })).toStrictEqual([
		['image-1.png', 'image-2.png'],
		['image-3.png', 'image-4.png'],
	]);
});

it('names that differ by themselves stay as they are', async () => {
	const fileName = '={{ $json.prompt }}';

	expect(await runTwice({ options: { fileName } })).toStrictEqual([['an owl.png'], ['a fox.png']]);
});

it('a run that n8n tries again has the names that it would have had', async () => {
	const isLast = ({ body }: { body?: unknown }) => (body as { prompt: string }).prompt === 'a bee';
	bench.simulator.fault({ ...failures.moderated, when: isLast });

	expect(await runTwice({}, { retryOnFail: true, waitBetweenTries: 1 })).toStrictEqual([
		['image.png'],
		['image-2.png'],
	]);
});
