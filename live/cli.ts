/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports, no-console */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { createCanvas } from '@napi-rs/canvas';
import { keyAsSent } from '../nodes/SiliconFlowImage/contract/credential';
import type { Site } from '../nodes/SiliconFlowImage/contract/models';
import { formatCount } from '../nodes/SiliconFlowImage/contract/numbers';
import { Sanitizer } from '../nodes/SiliconFlowImage/contract/sanitize';
import { isHttpUrl } from '../nodes/SiliconFlowImage/contract/unknownValue';
import { projectRoot } from '../harness/locations';
import { UserError } from '../harness/userError';
import { systemClock } from './clock';
import { costOf, priceOf, PRICES_READ } from './prices';
import { jsonReport, markdownReport, verdict, type About } from './report';
import { makePlan, runPlan, type Findings, type Plan } from './run';

const HELP = `Compares the real SiliconFlow with the contract of this node. Costs money.

  SILICONFLOW_API_KEY=sk-... SILICONFLOW_REGION=cn npm run live

Lists the account's models, which is free, then says which images it would make and what they cost.
It makes them after "yes" in a terminal, or with --yes, and writes a report as Markdown and JSON. The
report holds no key, no image and no link, and ends with "differs from the contract: N".

  --yes                 make the images without asking
  --models ID,ID        only these models (default: all of the account that the node knows)
  --max-images 80       make at most so many images
  --limits              also measure the rate limit, on a free model; takes five minutes
  --report live-report  the folder for the report
  --keep-images         keep the images beside the report, to look at them
  --base-url URL        another address, such as that of npm run simulator; gets the key
  --help                this text

SILICONFLOW_REGION is cn (the default) or com, the site of the key. Ctrl-C ends the run after the
request that is under way, and writes the report. A request is sent again only after the rate limit
rejected it; no other is repeated, because it may have been billed.
`;

interface Flags {
	readonly isYes: boolean;
	readonly models: readonly string[];
	readonly maxImages: number;
	readonly limits: boolean;
	readonly folder: string;
	readonly keepImages: boolean;
	readonly baseUrl?: string;
}

/** @throws UserError, or an error of parseArgs, that says what is wrong with them */
export function readFlags(args: string[]): Flags | 'help' {
	const { values } = parseArgs({
		args,
		options: {
			yes: { type: 'boolean', default: false },
			models: { type: 'string', default: '' },
			'max-images': { type: 'string', default: '80' },
			limits: { type: 'boolean', default: false },
			report: { type: 'string', default: join(projectRoot, 'live-report') },
			'keep-images': { type: 'boolean', default: false },
			'base-url': { type: 'string' },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) return 'help';
	const maxImages = Number(values['max-images']);
	if (!Number.isInteger(maxImages) || maxImages < 0 || values['max-images'].trim() === '') {
		throw new UserError(`--max-images must be a whole number, not "${values['max-images']}".`);
	}
	const baseUrl = values['base-url']?.replace(/\/+$/, '');
	if (baseUrl !== undefined && !isHttpUrl(baseUrl)) {
		throw new UserError(`--base-url must be an http(s) address, not "${baseUrl}".`);
	}
	const models = values.models.split(',').map((id) => id.trim());
	return {
		isYes: values.yes,
		models: models.filter((id) => id !== ''),
		maxImages,
		limits: values.limits,
		folder: values.report,
		keepImages: values['keep-images'],
		baseUrl,
	};
}

/** @throws UserError when the environment names no key or no site */
export function readEnvironment(env: NodeJS.ProcessEnv): { site: Site; apiKey: string } {
	const site = env.SILICONFLOW_REGION?.trim() || 'cn';
	if (site !== 'cn' && site !== 'com') {
		throw new UserError(`SILICONFLOW_REGION must be cn or com, not "${site}".`);
	}
	const apiKey = keyAsSent(env.SILICONFLOW_API_KEY ?? '');
	if (apiKey === '') {
		throw new UserError(
			'Set SILICONFLOW_API_KEY to a key of the account that pays for the images.',
		);
	}
	return { site, apiKey };
}

/** A small image to edit: a house on a hill. */
export function imageToEdit(): Buffer {
	const canvas = createCanvas(512, 384);
	const context = canvas.getContext('2d');
	const fill = (color: string, x: number, y: number, width: number, height: number) => {
		context.fillStyle = color;
		context.fillRect(x, y, width, height);
	};
	fill('#8ec5e8', 0, 0, 512, 384);
	fill('#5b9a4b', 0, 260, 512, 124);
	fill('#c8553d', 190, 170, 140, 110);
	fill('#f4e3b2', 240, 220, 40, 60);
	return canvas.toBuffer('image/jpeg');
}

/** What new accounts have, and how long most models take. */
const IMAGES_PER_MINUTE = 2;
const SECONDS_PER_IMAGE = 10;

/** What the plan will do and cost, for whoever says yes to it. */
export function describePlan({ site, account, checks, leftOut, limitsOf }: Plan): string {
	if (checks.length === 0)
		return `${account.baseUrl}: nothing to ask. See --models and --max-images.`;
	const expected = checks.filter(({ expected: { kind } }) => kind !== 'refusal');
	const count = (list: typeof checks) => list.reduce((sum, { images }) => sum + images, 0);
	const ids = [...new Set(checks.map(({ model }) => model))];
	const ofModel = (id: string) => count(expected.filter(({ model }) => model === id));
	const minutes = Math.ceil(
		Math.max(...ids.map(ofModel)) / IMAGES_PER_MINUTE + (count(expected) * SECONDS_PER_IMAGE) / 60,
	);
	return [
		`${account.baseUrl}: ${formatCount(checks.length, 'request')} to ${formatCount(ids.length, 'model')}.`,
		...ids.map((id) => {
			const images = ofModel(id);
			return `  ${id}: ${formatCount(images, 'image')}, ${costOf([{ model: id, images }], site)}`;
		}),
		`Together ${formatCount(count(expected), 'image')}: ${costOf(expected, site)}.`,
		`If the service makes images where it should refuse, up to ${formatCount(count(checks), 'image')}: ${costOf(checks, site)}.`,
		...(checks.some(({ model }) => priceOf(model, site)) ? [`Prices: ${PRICES_READ}.`] : []),
		`It takes about ${minutes} min with ${IMAGES_PER_MINUTE} images a minute for each model.`,
		...(leftOut.length > 0
			? [`Left out by --max-images: ${formatCount(leftOut.length, 'request')}.`]
			: []),
		...(limitsOf ? [`Then the rate limit, with free images of ${limitsOf.model}.`] : []),
	].join('\n');
}

async function isWanted(): Promise<boolean> {
	if (!process.stdin.isTTY) {
		console.log('Nothing was made. Run again with --yes to make these images.');
		return false;
	}
	const terminal = createInterface({ input: process.stdin, output: process.stdout });
	const answer = await terminal.question('Make these images? yes or no: ');
	terminal.close();
	return answer.trim().toLowerCase() === 'yes';
}

/** Writes both reports. Whatever the service may have put into them, the key is not in them. */
function writeReports(plan: Plan, findings: Findings, about: About, path: string): void {
	const sanitizer = new Sanitizer(plan.account.apiKey);
	const write = (ending: string, report: string) =>
		writeFileSync(`${path}.${ending}`, sanitizer.redact(report));
	write('md', markdownReport(plan, findings, about));
	write('json', jsonReport(plan, findings, about));
}

async function main() {
	const flags = readFlags(process.argv.slice(2));
	if (flags === 'help') return console.log(HELP);
	const { site, apiKey } = readEnvironment(process.env);
	const baseUrl = flags.baseUrl ?? `https://api.siliconflow.${site}/v1`;
	const account = { baseUrl, apiKey };
	const plan = await makePlan({ ...flags, site, account, inputImage: imageToEdit() });
	console.log(describePlan(plan));
	if (!flags.isYes && !(await isWanted())) return;

	const began = new Date();
	const path = join(flags.folder, `${began.toISOString().slice(0, 19).replace(/:/g, '-')}-${site}`);
	mkdirSync(flags.folder, { recursive: true });
	const stop = new AbortController();
	// A closed terminal or pipe must not end the run, because the images are paid for.
	process.stdout.on('error', () => {});
	process.once('SIGINT', () => {
		console.log(
			'Ends after the request that is under way. Again Ctrl-C: at once, without a report.',
		);
		stop.abort();
	});
	const findings = await runPlan(plan, {
		clock: systemClock(stop.signal),
		signal: stop.signal,
		log: console.log,
		keep: flags.keepImages
			? ({ model, name }, { bytes, extension }, index) => {
					mkdirSync(path, { recursive: true });
					const file = `${model} ${name} ${index}`.replace(/[^\w.]+/g, '-');
					writeFileSync(join(path, `${file}.${extension}`), bytes);
				}
			: undefined,
	});
	const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
		version: string;
	};
	const about = {
		version,
		node: process.version,
		began: began.toISOString(),
		ended: new Date().toISOString(),
	};
	writeReports(plan, findings, about, path);
	const file = relative(process.cwd(), `${path}.md`);
	console.log(`The report is in ${file}, and as JSON beside it.\n${verdict(findings)}`);
}

if (require.main === module) {
	main().catch((thrown: NodeJS.ErrnoException) => {
		process.exitCode = 1;
		const isKnown = thrown instanceof UserError || thrown.code?.startsWith('ERR_PARSE_ARGS');
		console.error(isKnown ? `${thrown.message}\nSee npm run live -- --help` : thrown);
	});
}
