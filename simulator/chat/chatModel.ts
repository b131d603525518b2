/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ChatRequest, Turn } from './chatApi';
import { completion, completionChunks } from './completion';

export interface ChatModel {
	/** For the credential: http://127.0.0.1:PORT/v1 */
	baseUrl: string;
	/** All chat requests in order of arrival. */
	readonly requests: ChatRequest[];
	close(): Promise<void>;
}

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
