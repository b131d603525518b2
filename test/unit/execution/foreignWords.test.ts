import {
	ExpressionError,
	NodeOperationError,
	type IExecuteFunctions,
	type Logger,
	type NodeExecutionHint,
} from 'n8n-workflow';
import { Sanitizer } from '../../../nodes/SiliconFlowImage/contract/sanitize';
import { apiError, refusalOf } from '../../../nodes/SiliconFlowImage/execution/errors';
import type { RunImages } from '../../../nodes/SiliconFlowImage/execution/runImages';
import { Run, WaitReport } from '../../../nodes/SiliconFlowImage/execution/runState';
import type { Access } from '../../../nodes/SiliconFlowImage/input/access';
import type { ExecutionOptions } from '../../../nodes/SiliconFlowImage/input/runOptions';
import { failureOfStorage } from '../../../nodes/SiliconFlowImage/transport/failure';
import { ECHOED, HOSTILE } from '../../faults/hostileWords';
import { assertWordsAreHarmless, textsIn } from '../../support/words';

/**
 * The edge, where words leave the node: whatever a failure, an exception of n8n, a hint or a line of
 * the log says, also where no run can make it say so.
 */

const node = { id: '1', name: 'Image', type: 'image', typeVersion: 1, position: [0, 0] };
const hints: NodeExecutionHint[] = [];
const context = {
	getNode: () => node,
	addExecutionHints: (hint: NodeExecutionHint) => hints.push(hint),
} as unknown as IExecuteFunctions;
const sanitizer = new Sanitizer(ECHOED);
const access: Access = { region: 'cn', baseUrl: '', keyHash: '', sanitizer };

function assertHarmless(...values: unknown[]) {
	const words = textsIn(values);
	expect(words.length).toBeGreaterThan(0);
	assertWordsAreHarmless(words);
	expect(words.join()).not.toContain(ECHOED);
}

it('The exception of a failure', () => {
	const failure = { message: HOSTILE, description: HOSTILE, traceId: HOSTILE };
	const error = apiError({ context, sanitizer }, failure, { itemIndex: 0, ending: HOSTILE });

	assertHarmless(error.message, error.description, error.messages, error.context);
});

it('The exception of an image that n8n did not store', () => {
	const failure = failureOfStorage(new Error(HOSTILE), true);
	const error = apiError({ context, sanitizer }, failure, { itemIndex: 0 });

	assertHarmless(error.message, error.description);
});

describe('An exception of n8n', () => {
	it.each([
		[
			'of an expression',
			new ExpressionError(HOSTILE, { description: HOSTILE, nodeCause: HOSTILE }),
		],
		['of a step', new NodeOperationError(node as never, HOSTILE, { description: HOSTILE })],
		['of any kind', new Error(HOSTILE)],
		['that is none', HOSTILE],
		['that is nothing', undefined],
	])('%s', (_name, thrown) => {
		const error = refusalOf({ context, sanitizer }, thrown, 0);
		const { message, description, messages, stack, cause, context: details } = error;

		assertHarmless(message, description, messages, details, stack?.split('\n    at ')[0]);
		assertHarmless((cause as Error).message, (cause as Error).stack?.split('\n    at ')[0]);
	});

	it('keeps what the editor explains it by', () => {
		const thrown = new ExpressionError('No path back', {
			description: 'See <a href="//docs">the docs</a>',
			descriptionKey: 'pairedItemNoConnection',
			nodeCause: 'Other',
		});
		const error = refusalOf({ context, sanitizer }, thrown, 2);

		expect(error.message).toBe('No path back');
		expect(error.description).toBe('See the docs');
		expect(error.context).toMatchObject({
			itemIndex: 2,
			nodeCause: 'Other',
			descriptionKey: 'pairedItemNoConnection',
		});
	});
});

it('A hint', () => {
	new Run(context, access, {} as ExecutionOptions, {} as RunImages).hintOnce(HOSTILE);

	assertHarmless(hints.map(({ message }) => message));
});

it('A line of the log', () => {
	const lines: string[] = [];
	const log = (line: string) => void lines.push(line);
	const { listeners } = new WaitReport(sanitizer, { debug: log, info: log } as Logger);
	listeners.onRejected?.(HOSTILE, 429);
	listeners.onResumed?.(HOSTILE, { milliseconds: 1, rejections: 1 });

	expect(lines).toHaveLength(2);
	assertHarmless(lines);
});
