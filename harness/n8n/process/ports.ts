/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { createServer, type AddressInfo } from 'node:net';

/** Whether this loopback port is free. */
export async function isFree(port: number): Promise<boolean> {
	return (await bind(port)) !== undefined;
}

/** `count` different free loopback ports. */
export async function freePorts(count: number): Promise<number[]> {
	const ports = new Set<number>();
	while (ports.size < count) {
		const port = await bind(0);
		if (port !== undefined) ports.add(port);
	}
	return [...ports];
}

async function bind(port: number): Promise<number | undefined> {
	return await new Promise((resolve) => {
		const server = createServer();
		server.once('error', () => resolve(undefined));
		server.listen(port, '127.0.0.1', () => {
			const { port: bound } = server.address() as AddressInfo;
			server.close(() => resolve(bound));
		});
	});
}
