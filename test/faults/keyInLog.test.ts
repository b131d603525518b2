import type { IExecuteFunctions } from 'n8n-workflow';
import { openWorkbench } from '../support/workbench';

/** The check after every run sees what a step logs; without this test it could look at nothing. */
it('an API key in the log of a step is found', async () => {
	const bench = await openWorkbench();
	const onTrigger = ({ logger }: IExecuteFunctions) =>
		logger.debug(`Bearer ${bench.simulator.apiKey}`);
	try {
		await expect(bench.step({ prompt: 'a fox' }, { onTrigger })).rejects.toThrow(
			'The API key is in a log line',
		);
	} finally {
		await bench.close();
	}
});
