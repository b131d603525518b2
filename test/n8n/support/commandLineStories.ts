import { dataUrlOf } from '../../../harness/engine/testImages';
import { prepareHost, type Release } from '../../../harness/n8n/install/hosts';
import { startSimulator, type Simulator } from '../../../simulator';
import { commandLine, type CommandLine } from './commandLine';
import { chain, imageStep, manualTrigger, step } from './workflow';

/** What must work on the command line of every tested n8n release. */
export function commandLineStories(release: Release): void {
	let simulator: Simulator;
	let n8n: CommandLine;

	beforeAll(async () => {
		simulator = await startSimulator();
		n8n = await commandLine(await prepareHost(release, () => {}), simulator);
	});
	afterAll(async () => await simulator?.close());
	beforeEach(() => simulator.reset());

	it('generates an image, edits it and writes to disk what the service made', async () => {
		const workflow = n8n.generateThenEdit({ generate: 'a lighthouse', edit: 'make it snow' });
		const { status, data, printed } = await n8n.execute(workflow);
		expect({ status, printed }).toMatchObject({ status: 0 });

		const url = (name: string) =>
			data?.resultData.runData[name][0].data?.main[0]?.[0].json.url as string;
		const served = async (link: string) => Buffer.from(await (await fetch(link)).arrayBuffer());
		const generated = n8n.written('generated');
		expect(generated.equals(await served(url('Generate')))).toBe(true);
		expect(n8n.written('edited').equals(await served(url('Edit')))).toBe(true);

		const [generation, edit] = simulator.generations.map(({ body }) => body);
		expect(generation).toStrictEqual({
			model: 'Kwai-Kolors/Kolors',
			prompt: 'a lighthouse',
			image_size: '1024x1024',
			seed: 7,
		});
		expect(edit).toMatchObject({ model: 'Qwen/Qwen-Image-Edit-2509', prompt: 'make it snow' });
		expect((edit as { image: string }).image).toBe(dataUrlOf(generated));
	});

	it('gives the file of each pass of a loop a name of its own', async () => {
		const loop = 'Loop Over Items';
		const workflow = chain('Loop', [
			manualTrigger(),
			step('List', 'n8n-nodes-base.set', 3.4, { mode: 'raw', jsonOutput: '{"list": [1, 2, 3]}' }),
			step('Items', 'n8n-nodes-base.splitOut', 1, { fieldToSplitOut: 'list' }),
			step(loop, 'n8n-nodes-base.splitInBatches', 3),
			imageStep('Generate', { prompt: 'a lighthouse' }, n8n.credential),
		]);
		const to = (node: string) => [{ node, type: 'main', index: 0 }];
		// Its first output is for what comes after the loop.
		workflow.connections[loop] = { main: [[], to('Generate')] };
		workflow.connections.Generate = { main: [to(loop)] };
		const { status, data, printed } = await n8n.execute(workflow);
		expect({ status, printed }).toMatchObject({ status: 0 });

		const names = data?.resultData.runData.Generate.map(
			(run) => run.data?.main[0]?.[0].binary?.data.fileName,
		);
		expect(names).toStrictEqual(['image.png', 'image-2.png', 'image-3.png']);
	});

	it("exits with status 1 and the service's message when an image is refused", async () => {
		const workflow = chain('Refused', [
			manualTrigger(),
			imageStep('Generate', { prompt: 'a fox [fail balance]' }, n8n.credential),
		]);
		const { status, printed } = await n8n.execute(workflow);
		expect(status).toBe(1);
		expect(printed).toContain('balance');
		expect(simulator.imagesMade).toBe(0);
	});
}
