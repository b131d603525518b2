/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { chmodSync, chownSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DEBIAN_PACKAGES } from '../../../harness/n8n/install/debianPackages';
import { freePorts } from '../../../harness/n8n/process/ports';
import {
	run,
	runWell,
	startProcess,
	waitUntil,
	type OwnProcess,
} from '../../../harness/n8n/process/processes';
import { newFolder } from './userFolders';

/** A server that queue mode needs, and the n8n settings for it. */
export interface Service {
	settings: Record<string, string>;
	process: OwnProcess;
}

export async function startRedis(): Promise<Service> {
	const folder = newFolder('redis');
	const [port] = await freePorts(1);
	const own = await startProcess({
		command: DEBIAN_PACKAGES['redis-server'],
		args: ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
		cwd: folder,
		logFile: join(folder, 'log'),
	});
	const answers = async () =>
		(await run('redis-cli', ['-p', String(port), 'ping'])).stdout.trim() === 'PONG';
	await waitUntil(answers, 'Redis answers', { process: own });
	return {
		process: own,
		settings: { QUEUE_BULL_REDIS_HOST: '127.0.0.1', QUEUE_BULL_REDIS_PORT: String(port) },
	};
}

export async function startPostgres(): Promise<Service> {
	const [version] = readdirSync(DEBIAN_PACKAGES.postgresql).sort().reverse();
	const program = (name: string) => join(DEBIAN_PACKAGES.postgresql, version, 'bin', name);
	const folder = newFolder('postgres');
	const data = join(folder, 'data');
	mkdirSync(data);
	const user = await serverUser([folder, data]);
	await runWell(
		program('initdb'),
		['-D', data, '-U', 'n8n', '--auth=trust', '-E', 'UTF8', '--no-sync'],
		{ cwd: folder, ...user },
	);
	const [port] = await freePorts(1);
	const settings = ['listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`, 'fsync=off'];
	const own = await startProcess({
		command: program('postgres'),
		args: ['-D', data, '-p', String(port), ...settings.flatMap((each) => ['-c', each])],
		cwd: folder,
		logFile: join(folder, 'log'),
		signal: 'SIGINT',
		...user,
	});
	const connection = ['-h', '127.0.0.1', '-p', String(port), '-U', 'n8n'];
	const answers = async () => (await run(program('pg_isready'), connection)).status === 0;
	await waitUntil(answers, 'PostgreSQL answers', { process: own });
	await runWell(program('createdb'), [...connection, 'n8n']);
	return {
		process: own,
		settings: {
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: '127.0.0.1',
			DB_POSTGRESDB_PORT: String(port),
			DB_POSTGRESDB_DATABASE: 'n8n',
			DB_POSTGRESDB_USER: 'n8n',
			DB_POSTGRESDB_PASSWORD: 'unused',
		},
	};
}

/** PostgreSQL refuses to run as root, so then it runs as the user that its package created. */
async function serverUser(folders: string[]): Promise<{ uid?: number; gid?: number }> {
	for (const folder of folders) chmodSync(folder, 0o700);
	if (process.getuid?.() !== 0) return {};
	const uid = Number(await runWell('id', ['-u', 'postgres']));
	const gid = Number(await runWell('id', ['-g', 'postgres']));
	for (const folder of folders) chownSync(folder, uid, gid);
	return { uid, gid };
}
