/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentialTypeOf, exampleNames, readExample } from '../../harness/examples';
import { unlock } from '../../harness/lock';
import { CURRENT, type Host } from '../../harness/n8n/install/hosts';
import { chatModelCredential, simulatorCredential } from '../../harness/n8n/instance/credential';
import { startServer } from '../../harness/n8n/instance/server';
import { newExamples, openDataFolder } from '../../harness/n8n/instance/userFolder';
import { readStartSettings } from '../../harness/n8n/start';
import { UserError } from '../../harness/userError';
import { Clone, isAlive, until } from '../setup/clone';

/** What `npm start` does around n8n. The n8n suite starts the real one. */

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'start-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('The settings', () => {
	it('take 0 for any free port', () => {
		expect(readStartSettings({ N8N_PORT: '0', SIMULATOR_PORT: ' 0 ' })).toMatchObject({
			port: 0,
			simulatorPort: 0,
		});
	});

	it.each(['-1', '65536', 'any', '5678.5'])('refuse the port %j', (port) => {
		expect(() => readStartSettings({ N8N_PORT: port })).toThrow(UserError);
	});
});

describe('npm start', () => {
	let clone: Clone;
	/** A clone that is set up. Its build does nothing, and its n8n is what `main` says. */
	const prepare = (build: string, main: string) => {
		clone.add('package-lock.json', '{}');
		clone.add('node_modules/.package-lock.json', '{}');
		clone.add('scripts/start.mjs');
		clone.add('gulpfile.js', `exports.build = (done) => { ${build} done(); };`);
		clone.add('node_modules/tsx/package.json', '{ "exports": { "./cjs/api": "./api.js" } }');
		clone.add('node_modules/tsx/api.js', 'exports.require = () => require("../../main.js");');
		clone.add('main.js', `exports.start = async (env) => { ${main} };`);
	};
	beforeEach(() => (clone = new Clone()));
	afterEach(() => clone.remove());

	it('hands the API key to the credential, and to nothing that it starts', async () => {
		const report = (name: string) =>
			`require('node:fs').writeFileSync('${name}', process.env.SILICONFLOW_API_KEY ?? 'no key');`;
		const given = "require('node:fs').writeFileSync('given', env.SILICONFLOW_API_KEY);";
		prepare(report('build'), `${report('main')} ${given}`);
		const env = { SILICONFLOW_API_KEY: 'sk-secret' };
		const { printed, ended } = clone.start(process.execPath, ['scripts/start.mjs'], env);

		expect({ status: await ended, text: printed() }).toMatchObject({ status: 0 });
		const seen = ['build', 'main', 'given'].map((name) => clone.read(name));
		expect(seen).toStrictEqual(['no key', 'no key', 'sk-secret']);
	});

	it('builds and starts nothing when set-up fails', async () => {
		prepare("console.log('builds');", "console.log('starts');");
		rmSync(clone.path('node_modules', '.package-lock.json'));
		const env = { PATH: clone.path('bin') };
		const { printed, ended } = clone.start(process.execPath, ['scripts/start.mjs'], env);

		expect(await ended).toBe(1);
		expect(printed()).toMatch(/^Installing [^]*spawn npm ENOENT/);
		expect(printed()).not.toMatch(/builds|starts/);
	});

	it('ends when npm has ended, although the shell in between passes no signal on', async () => {
		const main = "process.on('SIGTERM', () => process.exit()); setInterval(() => {}, 1000);";
		prepare('', `${main} console.log(process.pid);`);
		const script = `"${process.execPath}" scripts/start.mjs; echo over`;
		const shell = clone.start('sh', ['-c', script], { npm_lifecycle_event: 'start' });
		const pidIn = () => Number(/^(\d+)$/m.exec(shell.printed())?.[1]);
		await until(() => pidIn() > 0);
		expect(isAlive(pidIn())).toBe(true);
		shell.child.kill('SIGTERM');

		await until(() => !isAlive(pidIn()));
	});
});

describe('The data folder', () => {
	const { XDG_DATA_HOME: before } = process.env;
	let data: string;
	beforeEach(() => {
		process.env.XDG_DATA_HOME = folder;
		data = join(folder, 'n8n-nodes-siliconflow-image', 'n8n');
	});
	afterEach(() => {
		unlock(join(data, 'start.lock'));
		if (before === undefined) delete process.env.XDG_DATA_HOME;
		else process.env.XDG_DATA_HOME = before;
	});
	const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

	it('is for its owner alone', () => {
		expect(openDataFolder()).toBe(data);
		expect(modeOf(data)).toBe('700');
	});

	it('is closed if it was open to others', () => {
		mkdirSync(data, { recursive: true, mode: 0o755 });
		openDataFolder();

		expect(modeOf(data)).toBe('700');
	});

	it('is for one npm start at a time', () => {
		mkdirSync(data, { recursive: true });
		writeFileSync(join(data, 'start.lock'), String(process.ppid));

		expect(openDataFolder).toThrow(UserError);
		expect(openDataFolder).toThrow(
			`npm start already runs with the data in ${data} (process ${process.ppid}).`,
		);
	});

	it('that cannot be made is refused with the variable that chooses another', () => {
		process.env.XDG_DATA_HOME = join(__filename, 'inside');

		expect(openDataFolder).toThrow(UserError);
		expect(openDataFolder).toThrow('XDG_DATA_HOME');
	});
});

describe('The examples', () => {
	const address = { baseUrl: 'http://127.0.0.1:1/v1' };
	const credentials = [
		simulatorCredential({ ...address, apiKey: 'sk' }),
		chatModelCredential(address),
	];

	it('are all imported, with a credential in each step that needs one', () => {
		const { workflows } = newExamples(folder, credentials);
		expect(workflows.map(({ name }) => name)).toStrictEqual(
			exampleNames().map((name) => readExample(name).name),
		);
		const steps = workflows
			.flatMap(({ nodes }) => nodes)
			.filter((node) => credentialTypeOf(node) !== undefined);
		expect(new Set(steps.map(credentialTypeOf))).toStrictEqual(
			new Set(credentials.map(({ type }) => type)),
		);
		for (const node of steps) {
			const type = credentialTypeOf(node)!;
			const { id, name } = credentials.find((credential) => credential.type === type)!;
			expect(node.credentials).toStrictEqual({ [type]: { id, name } });
		}
	});

	it('that have changed are imported beside those that the user has', () => {
		const first = newExamples(folder, credentials);
		first.remember();
		expect(newExamples(folder, credentials).workflows).toStrictEqual([]);

		const record = join(folder, 'examples.json');
		const known = JSON.parse(readFileSync(record, 'utf8')) as Record<string, string>;
		const outdated = Object.keys(known).map((name) => [name, 'the digest of an older text']);
		writeFileSync(record, JSON.stringify(Object.fromEntries(outdated)));
		const idsOf = ({ workflows }: ReturnType<typeof newExamples>) => workflows.map(({ id }) => id);
		const both = [...idsOf(first), ...idsOf(newExamples(folder, credentials))];

		expect(new Set(both).size).toBe(2 * outdated.length);
	});
});

describe('An n8n on whose port another program answers', () => {
	let other: HttpServer;
	let port: number;
	beforeEach(async () => {
		other = createServer(({ url }, response) => {
			const answer = () =>
				response.writeHead(url === '/rest/login' ? 401 : 200).end('{"message":"Wrong password"}');
			// By then, an n8n that cannot have the port has ended.
			setTimeout(answer, 1000);
		});
		await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
		({ port } = other.address() as AddressInfo);
	});
	afterEach(() => {
		other.closeAllConnections();
		other.close();
	});

	const start = async (script: string) => {
		const bcrypt = join(folder, 'node_modules', 'bcryptjs');
		mkdirSync(bcrypt, { recursive: true });
		writeFileSync(join(bcrypt, 'index.js'), "exports.hashSync = () => 'hash';");
		writeFileSync(join(folder, 'n8n.js'), script);
		const { execPath: node } = process;
		const host: Host = { release: CURRENT, node, script: join(folder, 'n8n.js'), folder, env: {} };
		const owner = { email: 'you@example.com', password: 'random' };
		return await startServer({ host, userFolder: folder, owner, port });
	};

	it('is not called ready when it has ended', async () => {
		await expect(start("console.log('The port is in use'); process.exit(1)")).rejects.toThrow(
			'The port is in use',
		);
	});

	it('is not called ready when the log-in fails', async () => {
		await expect(start('setInterval(() => {}, 1000)')).rejects.toThrow(
			/^Something answers at http:\/\/127\.0\.0\.1:\d+, but .*Wrong password/,
		);
	});
});
