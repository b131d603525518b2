/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { sleep } from 'n8n-workflow';
import type { HostileReply } from './hostileReplies';

/** A host on loopback that answers with these bytes, whatever HTTP says about them. */
export interface HostileHost {
	readonly origin: string;
	/** What the next requests get; the number at the end of a path or prompt says which. */
	replies: readonly HostileReply[];
	/** Answers to requests that are no part of the test, such as a valid list of images. */
	other: (path: string, body: string) => string | undefined;
	close(): Promise<void>;
}

export async function openHostileHost(): Promise<HostileHost> {
	const sockets = new Set<Socket>();
	const server = createServer((socket) => {
		sockets.add(socket);
		socket.on('close', () => sockets.delete(socket));
		// The client may leave at any time.
		socket.on('error', () => {});
		let received = '';
		socket.on('data', (piece) => {
			received += piece.toString('latin1');
			const request = wholeRequest(received);
			if (!request) return;
			received = '';
			void answer(socket, request);
		});
	});

	async function answer(socket: Socket, { path, body }: { path: string; body: string }) {
		const other = host.other(path, body);
		if (other !== undefined) {
			socket.end(
				`HTTP/1.1 200 OK\r\ncontent-length: ${other.length}\r\nconnection: close\r\n\r\n${other}`,
			);
			return;
		}
		const number = /case (\d+)/.exec(body)?.[1] ?? /\/(\d+)(?:\/|$|\?)/.exec(path)?.[1];
		const reply = host.replies[Number(number)];
		if (!reply) return void socket.destroy();
		const { bytes, pieces, everyMs, end } = reply;
		const size = Math.max(1, Math.ceil(bytes.length / pieces));
		for (let at = 0; at < bytes.length && !socket.destroyed; at += size) {
			socket.write(bytes.subarray(at, at + size));
			if (everyMs > 0) await sleep(everyMs);
		}
		if (end === 'reset') socket.resetAndDestroy();
		if (end === 'close') socket.end();
	}

	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const host: HostileHost = {
		origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		replies: [],
		other: () => undefined,
		close: async () => {
			for (const socket of sockets) socket.destroy();
			await new Promise((resolve) => server.close(resolve));
		},
	};
	return host;
}

/** The request, when all of it is there. */
function wholeRequest(received: string): { path: string; body: string } | undefined {
	const headEnd = received.indexOf('\r\n\r\n');
	if (headEnd < 0) return undefined;
	const head = received.slice(0, headEnd);
	const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
	const body = received.slice(headEnd + 4);
	return body.length < length ? undefined : { path: head.split(' ')[1], body };
}
