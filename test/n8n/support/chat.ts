import { randomUUID } from 'node:crypto';
import { waitUntil } from '../../../harness/n8n/process/processes';
import type { Instance, SavedWorkflow } from './instance';
import type { Workflow } from './workflow';

export const CHAT_TRIGGER = '@n8n/n8n-nodes-langchain.chatTrigger';

/** n8n's chat: what a person writes there, and the answer as the chat gets it. */
export interface Chat {
	/** @param upload a PNG that the person sends with the words */
	say(words: string, upload?: Buffer): Promise<string>;
	workflow: SavedWorkflow;
}

/** Publishes a workflow whose trigger is the chat, and opens a conversation. */
export async function openChat(n8n: Instance, workflow: Workflow): Promise<Chat> {
	// The editor's own chat needs a browser; the hosted chat sends the same.
	const nodes = workflow.nodes.map((node) =>
		node.type === CHAT_TRIGGER
			? { ...node, parameters: { ...node.parameters, public: true } }
			: node,
	);
	const saved = await n8n.createWorkflow({ ...workflow, nodes });
	await n8n.publish(saved);
	const { webhookId } = nodes.find(({ type }) => type === CHAT_TRIGGER)!;
	const url = `${n8n.server.url}/webhook/${webhookId}/chat`;
	await waitUntil(async () => (await fetch(url)).ok, 'The chat is open');
	const sessionId = randomUUID();
	return {
		workflow: saved,
		async say(chatInput, upload) {
			const form = new FormData();
			form.set('action', 'sendMessage');
			form.set('sessionId', sessionId);
			form.set('chatInput', chatInput);
			const file = upload && new Blob([new Uint8Array(upload)], { type: 'image/png' });
			if (file) form.set('files', file, 'photo.png');
			const headers = { 'content-type': 'application/json' };
			const json = JSON.stringify({ action: 'sendMessage', sessionId, chatInput });
			const response = await fetch(url, {
				method: 'POST',
				...(file ? { body: form } : { body: json, headers }),
			});
			const text = await response.text();
			if (!response.ok) throw new Error(`The chat answered ${response.status}: ${text}`);
			return (JSON.parse(text) as { output: string }).output;
		},
	};
}
