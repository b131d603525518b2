/** The parts of MCP over Streamable HTTP that a client needs to list and call tools. */

export interface McpTool {
	name: string;
	description: string;
	inputSchema: { properties: Record<string, { type?: string; description?: string }> };
}

export interface McpClient {
	tools(): Promise<McpTool[]>;
	/** The texts of the tool's answer. Throws if the tool failed. */
	call(name: string, args: Record<string, unknown>): Promise<string[]>;
}

interface Answer {
	result?: unknown;
	error?: { message: string };
}

/** Opens a session, as clients such as Claude and Cursor do. */
export async function connectMcp(url: string): Promise<McpClient> {
	let session: string | undefined;
	let id = 0;

	const post = async (message: object) => {
		const headers: Record<string, string> = {
			'content-type': 'application/json',
			accept: 'application/json, text/event-stream',
		};
		if (session !== undefined) headers['mcp-session-id'] = session;
		const body = JSON.stringify({ jsonrpc: '2.0', ...message });
		const response = await fetch(url, { method: 'POST', headers, body });
		session ??= response.headers.get('mcp-session-id') ?? undefined;
		const text = await response.text();
		if (!response.ok) throw new Error(`${url}: ${response.status} ${text}`);
		return text;
	};
	const ask = async (method: string, params: object) => {
		id += 1;
		const text = await post({ id, method, params });
		// The answer is JSON, or the data of an event.
		const json = /^data: (.*)$/m.exec(text)?.[1] ?? text;
		const { result, error } = JSON.parse(json) as Answer;
		if (error !== undefined) throw new Error(`${method}: ${error.message}`);
		return result;
	};

	const clientInfo = { name: 'test', version: '1.0.0' };
	await ask('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo });
	await post({ method: 'notifications/initialized' });
	return {
		tools: async () => ((await ask('tools/list', {})) as { tools: McpTool[] }).tools,
		async call(name, args) {
			const { content, isError } = (await ask('tools/call', { name, arguments: args })) as {
				content: Array<{ text?: string }>;
				isError?: boolean;
			};
			const texts = content.map(({ text }) => text ?? '');
			if (isError) throw new Error(`${name}: ${texts.join('\n')}`);
			return texts;
		},
	};
}
