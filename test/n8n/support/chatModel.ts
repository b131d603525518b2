/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The parts of an OpenAI chat request that the script uses. */
export interface ChatRequest {
	model: string;
	messages: Array<{ role: string; content: string }>;
	tools?: Array<{ function: { name: string; parameters: { properties: Record<string, object> } } }>;
}

/** What the model does next: says something, or calls the first tool it has. */
export type Turn = { say: string } | { callTool: Record<string, unknown> };

export interface ChatModel {
	baseUrl: string;
	requests: ChatRequest[];
	close(): Promise<void>;
}

/** An OpenAI-compatible chat model on loopback that follows a script. */
export async function startChatModel(turn: (request: ChatRequest) => Turn): Promise<ChatModel> {
	const requests: ChatRequest[] = [];
	const server = createServer((message, response) => {
		let text = '';
		message.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
		message.on('end', () => {
			const request = JSON.parse(text || '{}') as ChatRequest;
			requests.push(request);
			response.setHeader('content-type', 'application/json');
			response.end(JSON.stringify(completion(request, turn(request))));
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		baseUrl: `http://127.0.0.1:${port}/v1`,
		requests,
		async close() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

function completion({ model, tools }: ChatRequest, turn: Turn) {
	const calls =
		'callTool' in turn
			? [
					{
						id: 'call_1',
						type: 'function',
						function: {
							name: tools?.[0].function.name,
							arguments: JSON.stringify(turn.callTool),
						},
					},
				]
			: undefined;
	const content = 'say' in turn ? turn.say : null;
	return {
		id: 'chatcmpl-1',
		object: 'chat.completion',
		created: 0,
		model,
		choices: [
			{
				index: 0,
				message: { role: 'assistant', content, ...(calls ? { tool_calls: calls } : {}) },
				finish_reason: calls ? 'tool_calls' : 'stop',
			},
		],
		usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
	};
}
