import fc from 'fast-check';
import type { INodeParameters } from 'n8n-workflow';
import { testImage } from '../../harness/engine/testImages';
import { MODELS } from '../../nodes/SiliconFlowImage/contract/models';
import { openWorkbench, type Workbench } from '../support/workbench';
import { parametersFor, plainParametersFor } from './parameters';

/**
 * Random parameters: the simulator's own check of the contract accepts every request that is sent, and
 * whatever the node refuses, it refuses before any request.
 */

const files = { data: { bytes: testImage('png') }, photo: { bytes: testImage('jpeg') } };
const RUNS = 16;

describe.each(['cn', 'com'] as const)('At the site %s', (site) => {
	let bench: Workbench;
	beforeAll(async () => {
		bench = await openWorkbench({ simulator: { site } });
	});
	afterAll(async () => await bench.close());

	const rows = MODELS.filter((row) => row.site === site).map((row) => [row.id, row] as const);

	it.each(rows)('requests for %s are accepted, and nothing refused is sent', async (...one) => {
		const [id, row] = one;
		let accepted = 0;
		let refused = 0;
		const property = fc.asyncProperty(
			parametersFor(row),
			async ({ byExpression, image, ...given }) => {
				bench.simulator.reset();
				const { error, items } = await bench.step(
					{
						...given,
						// n8n itself refuses a fixed blank prompt.
						prompt: '={{ $json.prompt }}',
						model: byExpression ? `={{ "${id}" }}` : id,
						images: { image },
						options: { ...given.options, download: false },
					} as INodeParameters,
					{ items: [{ json: { prompt: given.prompt as string }, files }] },
				);
				const statuses = bench.simulator.generations.map(({ status }) => status);
				if (error) {
					refused++;
					expect(statuses).toEqual([]);
					expect(error.message).toMatch(/^('[A-Z]|This item has no file in a field named ")/);
					expect(error.description).toBeTruthy();
				} else {
					accepted++;
					expect(new Set(statuses)).toEqual(new Set([200]));
					expect(items).toHaveLength(Number(given.numberOfImages));
				}
			},
		);
		// A good request and a bad one come first, so that chance cannot leave either of them out.
		const first = ['a fox', ' '].map((prompt) => plainParametersFor(row, prompt));
		await fc.assert(property, { numRuns: RUNS, examples: first.map((one) => [one]) });
		expect(accepted).toBeGreaterThan(0);
		expect(refused).toBeGreaterThan(0);
	});
});
