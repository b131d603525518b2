import { InlineImage } from '../nodes/SiliconFlowImage/contract/inlineImage';
import { formatCount } from '../nodes/SiliconFlowImage/contract/numbers';
import { PROMPT, type Check } from './checks';
import { said } from './compare';
import { costOf } from './prices';
import type { Findings, Plan, Result } from './run';

/** What a run found out, as Markdown for people and as JSON for comparing two runs. */

export interface About {
	/** Of this package. */
	readonly version: string;
	/** When the run began and ended, ISO 8601 in UTC. */
	readonly began: string;
	readonly ended: string;
	/** Version of Node. */
	readonly node: string;
}

/** One difference, and where it was seen. */
interface Difference {
	readonly text: string;
	readonly seenIn: readonly string[];
}

/** All differences, each once. */
export function differencesOf({ models, wrongKey, results }: Findings): Difference[] {
	const seenIn = new Map<string, string[]>();
	for (const { check, differences } of results) {
		for (const text of differences) {
			seenIn.set(text, [...(seenIn.get(text) ?? []), `${check.model}, ${check.name}`]);
		}
	}
	return [
		...models.map((text) => ({ text, seenIn: [] })),
		...wrongKey.differences.map((text) => ({
			text: `To a wrong key, the service ${text}`,
			seenIn: [],
		})),
		...[...seenIn].map(([text, places]) => ({ text: `The service ${text}`, seenIn: places })),
	];
}

/** The last line of a report. */
export function verdict(findings: Findings): string {
	return `differs from the contract: ${differencesOf(findings).length}`;
}

export function jsonReport(plan: Plan, findings: Findings, about: About): string {
	const { site, account, listed, leftOut } = plan;
	const { results, wrongKey, limits, isPartial, imagesMade } = findings;
	const report = {
		...about,
		site,
		baseUrl: account.baseUrl,
		listed,
		imagesMade,
		cost: costOf(madeBy(results), site),
		isPartial,
		differences: differencesOf(findings),
		wrongKey: wrongKey.words,
		checks: results.map(({ check, ...rest }) => ({
			model: check.model,
			check: check.name,
			sent: sentOf(check),
			...rest,
		})),
		leftOut: leftOut.map(({ model, name }) => `${model}, ${name}`),
		limits,
	};
	return `${JSON.stringify(report, null, '\t')}\n`;
}

export function markdownReport(plan: Plan, findings: Findings, about: About): string {
	const { site, account, checks, leftOut } = plan;
	const { results, wrongKey, limits, isPartial, imagesMade } = findings;
	const differences = differencesOf(findings);
	const silent = results.filter((result) => result.unanswered !== undefined);
	const sections: Array<[string, string[]]> = [
		['Differences', differences.map(({ text, seenIn }) => `${text}${placesOf(seenIn)}.`)],
		['No answer', silent.map(({ check, unanswered }) => `${nameOf(check)}: ${unanswered}.`)],
		['Open questions', [...answers(results), ...watermarkAnswer(results)]],
		['Rate limit', limits ? [`Measured with ${limits.model}.`, ...limits.conclusions] : []],
		['Links and headers', generalNotes(results)],
		['Left out by --max-images', leftOut.map(nameOf)],
	];
	const shown = sections.filter(([title, lines]) => title === 'Differences' || lines.length > 0);
	return [
		'# The service against the contract',
		[
			`- ${account.baseUrl}, ${about.began} to ${about.ended}${isPartial ? ', ended early' : ''}`,
			`- n8n-nodes-siliconflow-image ${about.version}, Node ${about.node}`,
			`- ${results.length} of ${formatCount(checks.length, 'request')}; ${formatCount(imagesMade, 'image')} made: ${costOf(madeBy(results), site)}`,
			`- A wrong key gets ${wrongKey.words}.`,
		].join('\n'),
		...shown.flatMap(([title, lines]) => [
			`## ${title}`,
			lines.length === 0 ? 'None.' : lines.map((line, i) => `${i + 1}. ${line}`).join('\n'),
		]),
		'## Every request',
		table(
			['Model', 'Tried', 'Sent', 'Answer', 'As the contract says'],
			byModel(results).map((result) => [
				result.check.model,
				result.check.name,
				Object.entries(sentOf(result.check))
					.filter(([name]) => name !== 'model' && name !== 'prompt')
					.map(([name, value]) => `${name}: ${String(value)}`)
					.join(', '),
				outcome(result),
				asExpected(result),
			]),
		),
		...(limits ? ['## Requests of the rate limit', limitsTable(limits)] : []),
		'## Shapes of replies',
		shapes(results),
		verdict(findings),
	]
		.join('\n\n')
		.concat('\n');
}

/** What was sent, with images in place of their data. */
function sentOf({ body, linkField, watermark }: Check): Record<string, unknown> {
	const sent = Object.fromEntries(
		Object.entries(body).map(([name, value]) => {
			if (value === PROMPT) return [name, 'the usual one'];
			const isImage = value instanceof InlineImage;
			return [name, isImage ? 'an image as data URL' : value];
		}),
	);
	return {
		...sent,
		...(linkField === undefined ? {} : { [linkField]: 'the link of an earlier image' }),
		...(watermark === false ? { 'header X-Enable-Watermark': 0 } : {}),
	};
}

const nameOf = ({ model, name }: Pick<Check, 'model' | 'name'>) => `${model}, ${name}`;

function placesOf(seenIn: readonly string[]): string {
	if (seenIn.length === 0) return '';
	const rest = seenIn.length > 2 ? `; and ${seenIn.length - 2} more` : '';
	return ` (${seenIn.slice(0, 2).join('; ')}${rest})`;
}

function outcome({ seen, unanswered }: Result): string {
	if (seen === undefined) return unanswered ?? '-';
	const { status, code, words = '', seconds, inferenceSeconds, images } = seen;
	if (images.length === 0) return `${said(status, code, words)} in ${seconds} s`;
	const described = images.map(
		({ size, mimeType, bytes, failed }) =>
			failed ?? `${mimeType}${size === undefined ? '' : ` ${size}`}, ${kilobytes(bytes ?? 0)}`,
	);
	return `${described.join('; ')}; in ${seconds} s, of which inference ${inferenceSeconds ?? '?'} s`;
}

function asExpected({ check, unanswered, differences }: Result): string {
	if (unanswered !== undefined) return 'no answer';
	if (differences.length > 0) return `NO: it ${differences.join('; it ')}`;
	return check.expected.kind === 'open' ? 'open' : 'yes';
}

/** The questions that the documents leave open, each with what every model answered. */
function answers(results: readonly Result[]): string[] {
	const byQuestion = new Map<string, string[]>();
	for (const result of results) {
		const { model, question } = result.check;
		if (question === undefined) continue;
		const lines = byQuestion.get(question) ?? [];
		byQuestion.set(question, [...lines, `\n   - ${model}: ${outcome(result)}`]);
	}
	return [...byQuestion].map(([question, lines]) => `${question}${lines.join('')}`);
}

/** Whether the header changed the image: the two were made with the same seed. */
function watermarkAnswer(results: readonly Result[]): string[] {
	const of = (wanted: boolean) =>
		results.find(({ check }) => check.watermark === wanted)?.seen?.images[0]?.sha256;
	const [with_, without] = [of(true), of(false)];
	if (with_ === undefined || without === undefined) return [];
	return [
		with_ === without
			? 'Does X-Enable-Watermark: 0 change anything? No: the same seed gave the same bytes.'
			: 'Does X-Enable-Watermark: 0 change anything? The same seed gave other bytes; look at both images (--keep-images).',
	];
}

function generalNotes(results: readonly Result[]): string[] {
	const seen = results.flatMap((result) => result.seen ?? []);
	const images = seen.flatMap((each) => each.images);
	const distinct = (values: unknown[]) =>
		[...new Set(values.filter((value) => value !== undefined))].join(', ') || 'none';
	const headers = seen.flatMap((each) =>
		Object.entries(each.headers).map(([name, value]) => `${name}: ${value}`),
	);
	return [
		`Hosts of links: ${distinct(images.map(({ host }) => host))}.`,
		`Links work for: ${distinct(images.map(({ linkSeconds }) => linkSeconds))} s.`,
		`Content types of downloads: ${distinct(images.map(({ contentType }) => contentType))}.`,
		`Content types of replies: ${distinct(seen.map(({ contentType }) => contentType))}.`,
		`Headers about limits, retries or the end of a service: ${distinct(headers)}.`,
		`Requests that the rate limit rejected first: ${
			results.filter(({ rejections }) => rejections > 0).length
		}.`,
	];
}

function shapes(results: readonly Result[]): string {
	const bySeen = new Map<string, number>();
	for (const { seen } of results) {
		if (seen === undefined) continue;
		const shape = `${seen.status} \`${seen.shape ?? 'no JSON'}\``;
		bySeen.set(shape, (bySeen.get(shape) ?? 0) + 1);
	}
	return [...bySeen].map(([shape, count]) => `- ${count} x ${shape}`).join('\n') || 'None.';
}

function limitsTable({ tries }: NonNullable<Findings['limits']>): string {
	return table(
		['After', 'Outcome', 'Answer', 'Headers'],
		tries.map(({ at, outcome: came, words, headers }) => [
			`${at} s`,
			came,
			words,
			Object.entries(headers)
				.map(([name, value]) => `${name}: ${value}`)
				.join(', '),
		]),
	);
}

/** With the requests of a model together. */
function byModel(results: readonly Result[]): Result[] {
	const models = [...new Set(results.map(({ check }) => check.model))];
	return models.flatMap((id) => results.filter(({ check }) => check.model === id));
}

function table(heads: readonly string[], rows: readonly string[][]): string {
	const line = (cells: readonly string[]) =>
		`| ${cells.map((cell) => cell.replace(/\|/g, '\\|')).join(' | ')} |`;
	return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

/** How many images were made of which model. */
function madeBy(results: readonly Result[]) {
	return results.map(({ check, seen }) => ({
		model: check.model,
		images: seen?.images.length ?? 0,
	}));
}

const kilobytes = (bytes: number) => `${Math.round(bytes / 1000)} kB`;
