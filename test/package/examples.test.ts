/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NodeHelpers, type INode, type INodeParameterResourceLocator } from 'n8n-workflow';
import { credentialTypeOf, exampleNames, exampleText, readExample } from '../../harness/examples';
import { projectRoot } from '../../harness/locations';
import { SiliconFlowImage } from '../../nodes/SiliconFlowImage/SiliconFlowImage.node';
import { MODELS } from '../../nodes/SiliconFlowImage/contract/models';

/** The workflows that people import. The n8n suite runs them. */

const NODE = /^n8n-nodes-siliconflow-image\.siliconFlowImage(Tool)?$/;
const BOTH_SITES = 'on the China site and on the international site';
const CHINA_ONLY = 'on the China site only';

/** The node's description, as a step or as a tool, whose description n8n derives by this name. */
const descriptionOf = ({ type }: INode) => {
	const { description } = new SiliconFlowImage();
	return { ...description, name: type.split('.')[1] };
};
const names = exampleNames();

const noteOf = (name: string) => {
	const notes = readExample(name).nodes.filter(({ type }) => type.endsWith('.stickyNote'));
	expect(notes).toHaveLength(1);
	return notes[0];
};
const imageSteps = (name: string) => readExample(name).nodes.filter(({ type }) => NODE.test(type));
const modelOf = ({ parameters }: INode) =>
	(parameters.model as INodeParameterResourceLocator | undefined)?.value;

it('There are examples', () => {
	expect(names.length).toBeGreaterThanOrEqual(7);
	const titles = names.map((name) => readExample(name).name);
	expect(new Set(titles).size).toBe(names.length);
});

describe.each(names)('%s', (name) => {
	it('holds a workflow and nothing of a person, an account or a machine', () => {
		const { nodes, ...example } = readExample(name);
		expect(Object.keys(example)).toStrictEqual(['name', 'connections', 'settings']);
		expect(nodes.filter(({ credentials }) => credentials !== undefined)).toStrictEqual([]);
		expect(exampleText(name)).not.toMatch(/localhost|127\.0\.0\.1|instanceId|sk-|@[\w-]+\.\w/);
	});

	it('connects all its steps', () => {
		const { nodes, connections } = readExample(name);
		const ends = Object.entries(connections).flatMap(([from, outputs]) =>
			Object.values(outputs).flatMap((lists) =>
				lists.flatMap((list) => (list ?? []).flatMap(({ node }) => [from, node])),
			),
		);
		const steps = nodes.filter((node) => node !== undefined && !node.type.endsWith('.stickyNote'));

		expect([...new Set(ends)].sort()).toStrictEqual(steps.map((step) => step.name).sort());
	});

	it('has a note that says what it does, how to set it up and how to try it', () => {
		const content = String(noteOf(name).parameters.content);
		expect(content).toMatch(/^## [A-Z][^\n]+\n\n[^]+\*\*Set up:\*\* [^]+\*\*Try it:\*\* /);

		for (const step of readExample(name).nodes.filter(credentialTypeOf)) {
			expect(content).toMatch(
				new RegExp(`credential in (both|\\*\\*${step.name}|[^.]*\\*\\*${step.name})`),
			);
		}
	});

	it('has one name: its own, that of its note, and that of the list of examples', () => {
		const { name: title } = readExample(name);
		const list = readFileSync(join(projectRoot, 'examples', 'README.md'), 'utf8');

		expect(String(noteOf(name).parameters.content).split('\n')[0]).toBe(`## ${title}`);
		expect(list).toContain(`## [${title}](${name})`);
	});

	it('says which site has its models', () => {
		const sitesOf = (model: unknown) =>
			MODELS.filter(({ id }) => id === model).map(({ site }) => site);
		const sites = imageSteps(name).map((step) => sitesOf(modelOf(step)).join());
		expect(sites.length).toBeGreaterThan(0);
		const isOnBoth = sites.every((site) => site === 'cn,com');

		expect(noteOf(name).parameters.content).toContain(isOnBoth ? BOTH_SITES : CHINA_ONLY);
	});

	it('opens without a red field, and holds only what differs from the defaults', () => {
		for (const step of imageSteps(name)) {
			const description = descriptionOf(step);
			const { properties } = description;
			const { parameters } = step;
			expect(NodeHelpers.getNodeParametersIssues(properties, step, description)).toBeNull();
			const known = NodeHelpers.getNodeParameters(
				properties,
				parameters,
				false,
				false,
				step,
				description,
			);
			// The model is always stored, so that another default changes nothing.
			expect(parameters).toStrictEqual({ ...known, model: parameters.model });
			expect(modelOf(step)).toBeDefined();
		}
	});

	it('has its steps on the grid and beside each other, to the right of the note', () => {
		const note = noteOf(name);
		const { width } = note.parameters as { width: number };
		const steps = readExample(name).nodes.filter(({ id }) => id !== note.id);
		for (const { position } of [...steps, note]) {
			expect(position.map((at) => Math.abs(at % 16))).toStrictEqual([0, 0]);
		}
		const [left, right] = [Math.min(...steps.map(({ position: [x] }) => x)), note.position[0]];
		expect(left).toBeGreaterThan(right + width);
		const close = steps.flatMap((one) =>
			steps.filter(
				(other) =>
					one !== other &&
					Math.abs(one.position[0] - other.position[0]) < 144 &&
					Math.abs(one.position[1] - other.position[1]) < 112,
			),
		);
		expect(close).toStrictEqual([]);
	});
});

describe('examples/README.md', () => {
	const folder = join(projectRoot, 'examples');
	const text = () => readFileSync(join(folder, 'README.md'), 'utf8');
	const linksIn = (pattern: RegExp) => [...text().matchAll(pattern)].map(([, link]) => link);

	it('lists each example once', () => {
		expect(linksIn(/^## \[[^\]]+\]\(([\w-]+\.json)\)/gm).sort()).toStrictEqual(names);
	});

	it('shows each', () => {
		const screenshots = linksIn(/!\[[^\]]+\]\(([^)]+)\)/g);
		expect(screenshots.map((path) => path.split('/').at(-1)).sort()).toStrictEqual(
			names.map((name) => `example-${name.replace('.json', '.png')}`),
		);
		expect(screenshots.filter((path) => !existsSync(join(folder, path)))).toStrictEqual([]);
	});
});
