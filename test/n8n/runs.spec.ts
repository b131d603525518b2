import type { IBinaryData } from 'n8n-workflow';
import { startSimulator, type Simulator } from '../../simulator';
import { itemsOf, startInstance, type Instance } from './support/instance';
import { chain, imageStep, manualTrigger, model } from './support/workflow';

describe.each(['filesystem', 'database'])(
	'Runs in a server that keeps binaries in the %s',
	(mode) => {
		let simulator: Simulator;
		let n8n: Instance;

		beforeAll(async () => {
			simulator = await startSimulator();
			n8n = await startInstance({ N8N_DEFAULT_BINARY_DATA_MODE: mode });
		});
		afterAll(async () => {
			await n8n?.stop();
			await simulator?.close();
		});

		const credential = async () => {
			const { baseUrl, apiKey } = simulator;
			const data = { region: 'custom', baseUrl, apiKey };
			return await n8n.createCredential('siliconFlowImageApi', data);
		};
		const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());
		const view = async ({ id, mimeType, fileName }: IBinaryData) => {
			const query = new URLSearchParams({ id: id!, action: 'view', mimeType, fileName: fileName! });
			return await n8n.rest.raw(`/rest/binary-data?${query}`);
		};

		it('passes every image on: run, execution data, download', async () => {
			const key = await credential();
			const workflow = await n8n.createWorkflow(
				chain('Generate, then edit', [
					manualTrigger(),
					imageStep('Generate', { prompt: 'two foxes', numberOfImages: 2 }, key),
					imageStep(
						'Edit',
						{ operation: 'edit', model: model('Qwen/Qwen-Image-Edit-2509'), prompt: 'in winter' },
						key,
					),
				]),
			);
			const execution = await n8n.finished(await n8n.start(workflow));
			expect(execution).toMatchObject({ status: 'success', mode: 'manual' });

			const generated = itemsOf(execution, 'Generate');
			const edited = itemsOf(execution, 'Edit');
			expect(generated.map(({ json }) => json)).toMatchObject([
				{ model: 'Kwai-Kolors/Kolors', prompt: 'two foxes', index: 0 },
				{ model: 'Kwai-Kolors/Kolors', prompt: 'two foxes', index: 1 },
			]);
			expect(edited).toHaveLength(2);
			for (const { json, binary } of [...generated, ...edited]) {
				expect(binary!.data).toMatchObject({
					mimeType: 'image/png',
					id: expect.stringMatching(new RegExp(`^${mode}`)),
				});
				const stored = await view(binary!.data);
				expect(stored.headers.get('content-type')).toContain('image/png');
				const served = await fetch(json.url as string);
				expect((await bytesOf(stored)).equals(await bytesOf(served))).toBe(true);
			}
		});

		it("shows the service's message and the item when an image is refused", async () => {
			const workflow = await n8n.createWorkflow(
				chain('Refused', [
					manualTrigger(),
					imageStep('Generate', { prompt: 'a fox [fail moderated]' }, await credential()),
				]),
			);
			const execution = await n8n.finished(await n8n.start(workflow));
			expect(execution.status).toBe('error');
			expect(execution.data.resultData.error).toMatchObject({
				message: expect.stringContaining('The content was refused by moderation.'),
				description: expect.stringContaining('Change the prompt'),
				context: { itemIndex: 0 },
			});
		});
	},
);
