/**
 * Server-sent events (WHATWG HTML, "Interpreting an event stream"). SiliconFlow answers with JSON, but
 * some gateways wrap the same JSON in a stream, with signs of life before it and `[DONE]` behind it.
 */

/** The answer comes last, and gateways send a sign of life a second. */
const MAX_LINES = 1000;

/** Between two lines of data: a blank line, which ends an event. */
const BLANK_LINE = /\n\r?\n|\r\r/;

/** A line of data, by where it begins and ends in the text. */
interface DataLine {
	readonly start: number;
	readonly end: number;
	/** Whether it is the first one of an event. */
	readonly isFirst: boolean;
}

/**
 * The JSON values that the events of a stream hold, in their order. Events with anything else, such as
 * `[DONE]`, are left out. An event may lack the blank line behind it.
 *
 * @param text any text; only its last 1000 lines of data are read
 * @param parse reads JSON; undefined where it is none
 */
export function readEvents(text: string, parse: (json: string) => unknown): unknown[] {
	const events: string[][] = [];
	for (const { start, end, isFirst } of dataLines(text).slice(-MAX_LINES)) {
		const data = text.slice(start, end);
		if (isFirst || events.length === 0) events.push([data]);
		else events[events.length - 1].push(data);
	}
	return events
		.flatMap((lines) => {
			const whole = parse(lines.join('\n'));
			// Without blank lines between them, these are several events.
			return whole === undefined && lines.length > 1 ? lines.map(parse) : [whole];
		})
		.filter((value) => value !== undefined);
}

/** Looks for the fields instead of going through the lines, because a text may be millions of them. */
function dataLines(text: string): DataLine[] {
	const lines: DataLine[] = [];
	let last = 0;
	for (let at = text.indexOf('data:'); at >= 0; at = text.indexOf('data:', last)) {
		const start = at + 'data:'.length;
		if (at > 0 && !'\n\r\ufeff'.includes(text[at - 1])) {
			// Inside of a line, such as in a data URL.
			last = start;
			continue;
		}
		const end = endOfLine(text, start);
		const isFirst = lines.length === 0 || BLANK_LINE.test(text.slice(lines.at(-1)!.end, at));
		lines.push({ start, end, isFirst });
		last = end;
	}
	return lines;
}

function endOfLine(text: string, from: number): number {
	const ending = /[\n\r]/g;
	ending.lastIndex = from;
	return ending.exec(text)?.index ?? text.length;
}
