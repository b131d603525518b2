import fc from 'fast-check';
import type { INodeParameters } from 'n8n-workflow';
import { MODELS } from '../../nodes/SiliconFlowImage/contract/models';
import { picture } from '../support/pictures';
import { openWorkbench } from '../support/workbench';
import { parametersFor } from './parameters';

/**
 * Random parameters through the node: whatever leaves is accepted by the simulator's own check of
 * the contract, and whatever is refused is refused before any request.
 */

const files = { data: { bytes: picture('png') }, photo: { bytes: picture('jpeg') } };
/** Runs for each row, so that every model is met. */
const RUNS = 25;

describe.each(['cn', 'com'] as const)('At the site %s', (site) => {
	const rows = MODELS.filter((row) => row.site === site);

	it('whatever leaves is accepted, and whatever is refused has not left', async () => {
		const bench = await openWorkbench({ simulator: { site } });
		const seen = new Map(rows.map(({ id }) => [id, { accepted: 0, refused: 0 }]));
		const property = fc.asyncProperty(
			fc.oneof(...rows.map((row) => parametersFor([row]))),
			async ({ byExpression, model, image, ...given }) => {
				bench.simulator.reset();
				const { error, items } = await bench.step(
					{
						...given,
						// A fixed blank prompt is refused by n8n itself.
						prompt: '={{ $json.prompt }}',
						model: byExpression ? `={{ "${model}" }}` : model,
						images: { image },
						options: { ...given.options, download: false },
					} as INodeParameters,
					{ items: [{ json: { prompt: given.prompt as string }, files }] },
				);
				const statuses = bench.simulator.generations.map(({ status }) => status);
				const counts = seen.get(model) ?? { accepted: 0, refused: 0 };
				if (error) {
					counts.refused++;
					expect(statuses).toEqual([]);
					expect(error.message).toMatch(/^'[A-Z]/);
					expect(error.description).toBeTruthy();
				} else {
					counts.accepted++;
					expect(new Set(statuses)).toEqual(new Set([200]));
					expect(items).toHaveLength(Number(given.numberOfImages));
				}
			},
		);
		await fc
			.assert(property, { numRuns: RUNS * rows.length })
			.finally(async () => await bench.close());
		// A property that only ever sees one side proves nothing, nor one that leaves out a model.
		for (const [model, { accepted, refused }] of seen) {
			expect({ model, accepted: accepted > 0, refused: refused > 0 }).toEqual({
				model,
				accepted: true,
				refused: true,
			});
		}
	}, 120_000);
});
