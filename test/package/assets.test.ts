/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadImage } from '@napi-rs/canvas';
import { SiliconFlowImageApi } from '../../credentials/SiliconFlowImageApi.credentials';
import { SiliconFlowImage } from '../../nodes/SiliconFlowImage/SiliconFlowImage.node';

const ROOT = join(__dirname, '..', '..');
const FOLDER = join('nodes', 'SiliconFlowImage');
const read = (...path: string[]) => readFileSync(join(ROOT, ...path));
const json = (...path: string[]) =>
	JSON.parse(read(...path).toString()) as Record<string, unknown> & {
		n8n: Record<string, unknown>;
	};

describe('The icons', () => {
	const { icon } = new SiliconFlowImage().description;
	const credentialIcon = new SiliconFlowImageApi().icon;
	const names = ['siliconFlowImage.svg', 'siliconFlowImage.dark.svg'];

	it('are used by the node and the credential', () => {
		const [light, dark] = names;

		expect(icon).toStrictEqual({ light: `file:${light}`, dark: `file:${dark}` });
		expect(credentialIcon).toStrictEqual({
			light: `file:../nodes/SiliconFlowImage/${light}`,
			dark: `file:../nodes/SiliconFlowImage/${dark}`,
		});
	});

	it.each(names)('%s is a valid square drawing', async (name) => {
		const svg = read(FOLDER, name);
		const { width, height } = await loadImage(svg);

		expect(svg.toString()).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
		expect(svg.toString()).not.toMatch(/<script|<image|href=|url\(/);
		expect(width).toBeGreaterThan(0);
		expect(width).toBe(height);
	});

	it('differ between light and dark', () => {
		const [light, dark] = names.map((name) => read(FOLDER, name));

		expect(light.equals(dark)).toBe(false);
	});

	it.each(names)('%s is copied to the build byte for byte', (name) => {
		expect(read('dist', FOLDER, name).equals(read(FOLDER, name))).toBe(true);
	});
});

describe('The codex', () => {
	it('names this node of this package', () => {
		const { name } = json('package.json');
		const { node, nodeVersion } = json(FOLDER, 'SiliconFlowImage.node.json');

		expect(node).toBe(`${String(name)}.${new SiliconFlowImage().description.name}`);
		expect(nodeVersion).toBe(`${String(new SiliconFlowImage().description.version)}.0`);
	});
});

describe('The manifest', () => {
	const manifest = json('package.json');

	it('has no run-time dependency but n8n-workflow', () => {
		expect(manifest).not.toHaveProperty('dependencies');
		expect(manifest).not.toHaveProperty('optionalDependencies');
		expect(manifest).not.toHaveProperty('overrides');
		expect(manifest.peerDependencies).toStrictEqual({ 'n8n-workflow': '*' });
	});

	it('says what n8n loads, and opts in to strict mode', () => {
		expect(manifest.n8n).toStrictEqual({
			n8nNodesApiVersion: 1,
			strict: true,
			credentials: ['dist/credentials/SiliconFlowImageApi.credentials.js'],
			nodes: ['dist/nodes/SiliconFlowImage/SiliconFlowImage.node.js'],
		});
	});

	it('has the keyword that n8n searches for and a license that n8n accepts', () => {
		expect(manifest.name).toBe('n8n-nodes-siliconflow-image');
		expect(manifest.keywords).toContain('n8n-community-node-package');
		expect(manifest.license).toBe('MIT');
		expect(manifest.files).toStrictEqual(['dist']);
	});

	it('has no install scripts', () => {
		const scripts = Object.keys(manifest.scripts as object);
		const onInstall = ['prepare', 'preinstall', 'install', 'postinstall', 'prepublish'];

		expect(scripts.filter((name) => onInstall.includes(name))).toStrictEqual([]);
	});

	it('is built before it is packed, also in a fresh clone', () => {
		const { prepack, build } = manifest.scripts as Record<string, string>;

		expect(prepack).toBe(build);
	});
});
