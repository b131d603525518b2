import { openWorkbench, type Workbench } from '../support/workbench';

let bench: Workbench;
beforeAll(async () => {
	bench = await openWorkbench();
});
afterEach(() => bench.simulator.reset());
afterAll(async () => await bench.close());

describe('A person sets a prompt', () => {
	it('and the next step receives the picture as binary data', async () => {
		const { status, error, items } = await bench.step({ prompt: 'a red fox' });

		expect(error).toBeUndefined();
		expect(status).toBe('success');
		expect(items).toEqual([
			{
				json: {
					model: 'Kwai-Kolors/Kolors',
					prompt: 'a red fox',
					seed: expect.any(Number),
					index: 0,
					url: bench.simulator.generations[0].images?.[0],
					urlExpiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
					inferenceSeconds: expect.any(Number),
					traceId: bench.simulator.generations[0].traceId,
				},
				binary: {
					data: expect.objectContaining({
						mimeType: 'image/png',
						fileType: 'image',
						fileExtension: 'png',
						fileName: 'image.png',
						data: 'filesystem-v2',
					}),
				},
				pairedItem: { item: 0 },
			},
		]);
		const bytes = await bench.engine.bytesOf(items[0]);
		expect(bytes.subarray(1, 4).toString()).toBe('PNG');
		expect(bench.simulator.generations[0].body).toStrictEqual({
			model: 'Kwai-Kolors/Kolors',
			prompt: 'a red fox',
			image_size: '1024x1024',
		});
	});
});
