import type { Turn } from './chatApi';

/** Turns in the form of OpenAI's chat API. */

const USAGE = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };

let calls = 0;

function messageOf(turn: Turn) {
	if ('say' in turn) return { role: 'assistant', content: turn.say };
	calls += 1;
	const { call: name, args } = turn;
	const called = { name, arguments: JSON.stringify(args) };
	return {
		role: 'assistant',
		content: null,
		tool_calls: [{ index: 0, id: `call_${calls}`, type: 'function', function: called }],
	};
}

const reasonOf = (turn: Turn) => ('say' in turn ? 'stop' : 'tool_calls');

const head = (object: string, model: string) => ({ id: 'chatcmpl-1', object, created: 0, model });

/** The answer to a request that is not streamed. */
export const completion = (model: string, turn: Turn) => ({
	...head('chat.completion', model),
	choices: [{ index: 0, message: messageOf(turn), finish_reason: reasonOf(turn) }],
	usage: USAGE,
});

/** The events of a streamed answer. */
export const completionChunks = (model: string, turn: Turn) => {
	const chunk = head('chat.completion.chunk', model);
	return [
		{ ...chunk, choices: [{ index: 0, delta: messageOf(turn), finish_reason: null }] },
		{ ...chunk, choices: [{ index: 0, delta: {}, finish_reason: reasonOf(turn) }] },
		{ ...chunk, choices: [], usage: USAGE },
	];
};
