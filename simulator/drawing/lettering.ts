import { GlobalFonts, type SKRSContext2D } from '@napi-rs/canvas';

// Bundled fonts, so that every machine draws the same letters.
const TEXT = 'Simulator Text';
const MONO = 'Simulator Mono';
register('DejaVuSans-Bold.ttf', TEXT);
register('DejaVuSansMono.ttf', MONO);

function register(file: string, family: string): void {
	// A loader may append a query to the resolved path, as tsx does for `npm start`.
	const [path] = require.resolve(`dejavu-fonts-ttf/ttf/${file}`).split('?');
	if (!GlobalFonts.registerFromPath(path, family)) throw new Error(`No font at ${path}`);
}

/** DejaVu has no Chinese characters, so a system font that has them is the fallback. */
const CHINESE = /CJK|Noto Sans SC|Source Han|WenQuanYi|PingFang|Heiti|YaHei|SimHei|SimSun/i;
const fallback = GlobalFonts.families.find(({ family }) => CHINESE.test(family))?.family;
const withFallback = (family: string) => (fallback ? `'${family}', '${fallback}'` : `'${family}'`);

export const textFont = (pixels: number) => `${pixels}px ${withFallback(TEXT)}`;
export const monoFont = (pixels: number) => `${pixels}px ${withFallback(MONO)}`;

/** The units a line may break between: a word with its trailing spaces, or one Chinese character. */
const UNITS =
	/[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]|[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+\s*|\s+/gu;

const LONGEST_TEXT = 2_000;

/** Wraps text into at most `maxLines` lines of `width` pixels; an ellipsis replaces the rest. */
export function wrapText(
	context: SKRSContext2D,
	text: string,
	width: number,
	maxLines: number,
): { lines: string[]; complete: boolean } {
	const fits = (line: string) => context.measureText(line.trimEnd()).width <= width;
	const lines: string[] = [];
	let line = '';
	// Longer text never fits, and measuring it is slow.
	const start = text.slice(0, LONGEST_TEXT).replace(/\s+/g, ' ').trim();
	for (const unit of start.match(UNITS) ?? []) {
		if (fits(line + unit)) {
			line += unit;
			continue;
		}
		if (line !== '') lines.push(line.trimEnd());
		line = unit;
		while (line.length > 1 && !fits(line)) {
			let end = line.length - 1;
			while (end > 1 && !fits(line.slice(0, end))) end = Math.floor(end * 0.9);
			lines.push(line.slice(0, end));
			line = line.slice(end);
			if (lines.length > maxLines) break;
		}
		if (lines.length > maxLines) break;
	}
	lines.push(line.trimEnd());
	if (lines.length <= maxLines) return { lines, complete: true };
	const shown = lines.slice(0, maxLines);
	let last = shown[maxLines - 1];
	while (last !== '' && !fits(`${last}…`)) last = last.slice(0, -1);
	shown[maxLines - 1] = `${last.trimEnd()}…`;
	return { lines: shown, complete: false };
}

/** A dark panel at the bottom of the image: the prompt as large as it fits, then the small print. */
export function drawPanel(
	context: SKRSContext2D,
	width: number,
	height: number,
	prompt: string,
	smallPrint: string[],
	opacity: number,
): void {
	const margin = Math.round(Math.min(width, height) * 0.035);
	const padding = Math.round(margin * 0.9);
	const inner = width - 2 * (margin + padding);
	const small = Math.max(8, Math.min(20, Math.round(Math.sqrt(width * height) / 52)));
	context.font = monoFont(small);
	const print = smallPrint.flatMap((line) => wrapText(context, line, inner, 2).lines);
	const promptHeight = height * 0.46 - 2 * padding - print.length * small * 1.5;
	let size = Math.max(10, Math.round(Math.sqrt(width * height) / 26));
	let wrapped: { lines: string[]; complete: boolean };
	for (;;) {
		context.font = textFont(size);
		const maxLines = Math.max(1, Math.floor(promptHeight / (size * 1.3)));
		wrapped = wrapText(context, prompt, inner, Math.min(maxLines, 9));
		if (wrapped.complete || size <= Math.max(10, small)) break;
		size = Math.max(10, Math.floor(size * 0.88));
	}
	const gap = size * 0.45;
	const panelHeight =
		2 * padding + wrapped.lines.length * size * 1.3 + gap + print.length * small * 1.5;
	const top = Math.max(0, height - margin - panelHeight);
	context.fillStyle = `rgba(10, 14, 24, ${opacity})`;
	context.beginPath();
	context.roundRect(margin, top, width - 2 * margin, panelHeight, margin * 0.7);
	context.fill();
	context.textBaseline = 'top';
	context.fillStyle = '#ffffff';
	wrapped.lines.forEach((line, index) =>
		context.fillText(line, margin + padding, top + padding + index * size * 1.3),
	);
	const printTop = top + padding + wrapped.lines.length * size * 1.3 + gap;
	context.font = monoFont(small);
	context.fillStyle = 'rgba(222, 232, 255, 0.88)';
	print.forEach((line, index) =>
		context.fillText(line, margin + padding, printTop + index * small * 1.5),
	);
}

/** A small tag with a word on it; (x, y) is its top left or, with `fromRight`, top right corner. */
export function drawTag(
	context: SKRSContext2D,
	word: string,
	x: number,
	y: number,
	size: number,
	fromRight = false,
): void {
	context.font = textFont(size);
	context.textBaseline = 'top';
	const width = context.measureText(word).width + size * 1.2;
	const left = fromRight ? x - width : x;
	context.fillStyle = 'rgba(10, 14, 24, 0.66)';
	context.beginPath();
	context.roundRect(left, y, width, size * 1.8, size * 0.5);
	context.fill();
	context.fillStyle = 'rgba(255, 255, 255, 0.95)';
	context.fillText(word, left + size * 0.6, y + size * 0.36);
}
