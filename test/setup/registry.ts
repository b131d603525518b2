/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-dangerous-functions */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The packages, each in two versions. Each has an install script, which leaves a file. */
const NAMES = ['tool', '@some/part'];
const VERSIONS = ['1.0.0', '2.0.0'];

function pack(name: string, version: string): Buffer {
	const folder = mkdtempSync(join(tmpdir(), 'registry-'));
	mkdirSync(join(folder, 'package'));
	const scripts = { postinstall: 'echo > script-ran' };
	const manifest = JSON.stringify({ name, version, scripts });
	writeFileSync(join(folder, 'package', 'package.json'), manifest);
	const tarball = execFileSync('tar', ['-cz', '-C', folder, 'package']);
	rmSync(folder, { recursive: true });
	return tarball;
}

/** A registry on loopback for the real npm, which can be told to keep npm waiting for a package. */
export async function startRegistry() {
	const tarballs = new Map<string, Buffer>(
		NAMES.flatMap((name) =>
			VERSIONS.map((version) => [`/${name}/-/${version}.tgz`, pack(name, version)] as const),
		),
	);
	const asked: Array<{ url: string; authorization?: string }> = [];
	const waiting: Array<() => void> = [];
	let isHeld = false;

	const server = createServer(({ url: raw = '', headers }, response) => {
		const url = decodeURIComponent(raw);
		asked.push({ url, authorization: headers.authorization });
		const tarball = tarballs.get(url);
		if (tarball) {
			const send = () => response.end(tarball);
			if (isHeld) waiting.push(send);
			else send();
			return;
		}
		const name = url.slice(1);
		const versions = Object.fromEntries(
			VERSIONS.map((version) => {
				const path = `/${name}/-/${version}.tgz`;
				const bytes = tarballs.get(path) ?? '';
				const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
				const dist = { tarball: origin + path, integrity };
				return [version, { name, version, hasInstallScript: true, dist }];
			}),
		);
		response.statusCode = NAMES.includes(name) ? 200 : 404;
		response.end(JSON.stringify({ name, 'dist-tags': { latest: '1.0.0' }, versions }));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

	return {
		origin,
		/** All requests since the last reset. */
		asked,
		/** From now on, requests for packages get no answer. */
		hold: () => void (isHeld = true),
		/** How many requests are kept waiting. */
		held: () => waiting.length,
		/** Answers those that wait, and all that follow. */
		release() {
			isHeld = false;
			for (const send of waiting.splice(0)) send();
		},
		reset() {
			asked.length = 0;
			waiting.length = 0;
			isHeld = false;
		},
		async close() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

export type Registry = Awaited<ReturnType<typeof startRegistry>>;
