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
