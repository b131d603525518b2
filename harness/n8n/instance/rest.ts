import { randomUUID } from 'node:crypto';
import type { Owner } from './userFolder';

/** n8n's internal REST API, as the editor uses it: one login, cookies kept. */
export interface RestClient {
	/** The `data` of the response. Throws with n8n's message when it refuses. */
	get<Data = unknown>(path: string): Promise<Data>;
	post<Data = unknown>(path: string, body?: unknown): Promise<Data>;
	/** For responses that are not JSON, such as an icon or a binary. */
	raw(path: string): Promise<Response>;
}

export async function logIn(url: string, { email, password }: Owner): Promise<RestClient> {
	// n8n ties the login to the browser id.
	const identity = { 'browser-id': randomUUID(), 'push-ref': randomUUID() };
	let cookie = '';

	const send = async (method: string, path: string, body?: unknown) => {
		const headers: Record<string, string> = { ...identity, cookie };
		if (body !== undefined) headers['content-type'] = 'application/json';
		const response = await fetch(url + path, { method, headers, body: JSON.stringify(body) });
		const cookies = response.headers.getSetCookie();
		if (cookies.length > 0) cookie = cookies.map((entry) => entry.split(';')[0]).join('; ');
		return response;
	};
	const json = async (method: string, path: string, body?: unknown) => {
		const response = await send(method, path, body);
		const text = await response.text();
		if (!response.ok)
			throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 500)}`);
		const parsed = JSON.parse(text);
		return parsed?.data ?? parsed;
	};

	await json('POST', '/rest/login', { emailOrLdapLoginId: email, password });
	return {
		get: async (path) => await json('GET', path),
		post: async (path, body = {}) => await json('POST', path, body),
		raw: async (path) => await send('GET', path),
	};
}
