import type { IExecuteFunctions } from 'n8n-workflow';
import { openWorkbench } from '../support/workbench';

/** The check after every run sees what a step logs; without this test it could look at nothing. */
it.each([
	['an API key', 'Bearer sk-simulator-0000', 'The API key is in a log line'],
	['an escape sequence', 'a \u001b[31m', 'A text for people has "\\u001b"'],
])('%s in the log of a step is found', async (_name, line, found) => {
	const bench = await openWorkbench();
	const onTrigger = ({ logger }: IExecuteFunctions) => logger.debug(line);
	try {
		await expect(bench.step({ prompt: 'a fox' }, { onTrigger })).rejects.toThrow(found);
	} finally {
		await bench.close();
	}
});

it('An API key is found after hundreds of other lines', async () => {
	const bench = await openWorkbench();
	const onTrigger = ({ logger }: IExecuteFunctions) => {
		for (let i = 0; i < 300; i++) logger.debug(`line ${i}`);
		logger.debug(`Bearer ${bench.simulator.apiKey}`);
	};
	try {
		await expect(bench.step({ prompt: 'a fox' }, { onTrigger })).rejects.toThrow(
			'The API key is in a log line',
		);
	} finally {
		await bench.close();
	}
});

it('An API key is found in the last of many items', async () => {
	const bench = await openWorkbench();
	const { apiKey } = bench.simulator;
	const items = Array.from({ length: 110 }, (_, i) => ({
		json: { note: i === 109 ? apiKey : '' },
	}));
	try {
		await expect(
			bench.step(
				{ prompt: 'a fox', model: 'no such model' },
				{ items, onError: 'continueRegularOutput' },
			),
		).rejects.toThrow('The API key is in the data of the run');
	} finally {
		await bench.close();
	}
});
