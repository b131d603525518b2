/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The parts of OpenAI's chat API that an agent of n8n uses. */
export interface ChatMessage {
	role: string;
	/** Text, or parts of which some are images. */
	content: string | null | Array<{ type: string; text?: string }>;
}

export interface ChatTool {
	function: {
		name: string;
		description?: string;
		parameters: { properties: Record<string, { type?: string; description?: string }> };
	};
}

export interface ChatRequest {
	model: string;
	messages: ChatMessage[];
	tools?: ChatTool[];
	stream?: boolean;
}

/** What the model does next: says something, or calls a tool. */
export type Turn = { say: string } | { call: string; args: Record<string, unknown> };

/** The text of a message, without its images. */
export function textOf({ content }: ChatMessage): string {
	if (typeof content === 'string') return content;
	return (content ?? []).map(({ text }) => text ?? '').join('\n');
}

export interface ChatModel {
	/** For the credential: http://127.0.0.1:PORT/v1 */
	baseUrl: string;
	/** All chat requests in order of arrival. */
	readonly requests: ChatRequest[];
	close(): Promise<void>;
}

const USAGE = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };

let calls = 0;

/** A turn in the form of OpenAI's chat API. */
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
const completion = (model: string, turn: Turn) => ({
	...head('chat.completion', model),
	choices: [{ index: 0, message: messageOf(turn), finish_reason: reasonOf(turn) }],
	usage: USAGE,
});

/** The events of a streamed answer. */
const completionChunks = (model: string, turn: Turn) => {
	const chunk = head('chat.completion.chunk', model);
	return [
		{ ...chunk, choices: [{ index: 0, delta: messageOf(turn), finish_reason: null }] },
		{ ...chunk, choices: [{ index: 0, delta: {}, finish_reason: reasonOf(turn) }] },
		{ ...chunk, choices: [], usage: USAGE },
	];
};

/**
 * Starts an OpenAI-compatible chat model on loopback that answers by rule. It accepts any API key.
 *
 * @param nextTurn decides what the model does with a request
 * @param port default 0: any free port
 */
export async function startChatModel(
	nextTurn: (request: ChatRequest) => Turn,
	port = 0,
): Promise<ChatModel> {
	const requests: ChatRequest[] = [];
	const server = createServer((message, response) => {
		let text = '';
		message.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
		message.on('end', () => {
			const json = (status: number, body: object) =>
				response
					.writeHead(status, { 'content-type': 'application/json' })
					.end(JSON.stringify(body));
			const [path] = (message.url ?? '').split('?', 1);
			// n8n tests the credential with this.
			if (message.method === 'GET' && path === '/v1/models') {
				return json(200, { object: 'list', data: [{ id: 'simulator', object: 'model' }] });
			}
			if (message.method !== 'POST' || path !== '/v1/chat/completions') {
				return json(404, { error: { message: `There is no ${message.method} ${path}` } });
			}
			const request = JSON.parse(text) as ChatRequest;
			requests.push(request);
			const turn = nextTurn(request);
			if (!request.stream) return json(200, completion(request.model, turn));
			response.writeHead(200, { 'content-type': 'text/event-stream' });
			for (const chunk of completionChunks(request.model, turn)) {
				response.write(`data: ${JSON.stringify(chunk)}\n\n`);
			}
			return response.end('data: [DONE]\n\n');
		});
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', resolve);
	});
	return {
		baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
		requests,
		async close() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
