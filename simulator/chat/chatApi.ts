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
