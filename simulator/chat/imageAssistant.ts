import { textOf, type ChatMessage, type ChatRequest, type ChatTool, type Turn } from './chatModel';

/**
 * Stands in for a language model that has tools which generate and edit images. It goes by words
 * alone: it picks the tool whose name or description says "generate" or "edit", passes the person's
 * words on as the prompt, and shows the image as Markdown.
 */

const GREETING = /^\W*(hi|hello|hey|help|thanks|thank you)\b[^a-z]*$/i;
const CHANGE = /\b(edit|change|turn|add|remove|replace|make (it|this|that|the|him|her|them))\b/i;
const URL = /https?:\/\/[^"'\\\s<>)\]]+/;

const HELP =
	'I am a simulated assistant. Ask me for an image, for example "Draw a lighthouse at night", then for a change, such as "Make it a sunny morning".';

/** What the assistant does next. */
export function imageAssistant({ messages, tools = [] }: ChatRequest): Turn {
	// n8n's agent sends an uploaded image as a message of its own, after the words.
	const words = messages.map((message) => (message.role === 'user' ? textOf(message).trim() : ''));
	const asked = words.reduce((last, text, index) => (text ? index : last), 0);
	const wish = lastLine(words[asked]);
	const results = messages.slice(asked + 1).filter(({ role }) => role === 'tool');
	const result = results.at(-1);
	if (result) return { say: answerWith(textOf(result), wish) };
	if (GREETING.test(wish)) return { say: HELP };

	const hasUpload = messages.slice(asked).some(showsImage) || messages.some(tellsOfUpload);
	const work = hasUpload || CHANGE.test(wish) ? 'edit' : 'generate';
	const tool = toolFor(work, tools);
	if (!tool) return { say: `I have no tool that can ${work} images.` };
	const image = hasUpload ? '' : lastImage(messages);
	if (work === 'edit' && !hasUpload && !image) {
		return { say: 'Which image? Upload one, or ask me for a new one first.' };
	}
	return { call: tool.name, args: argumentsFor(tool, wish, image) };
}

/** n8n puts the date or the names of files above a person's words. */
const lastLine = (text: string) => text.split('\n').at(-1) ?? '';

const showsImage = ({ role, content }: ChatMessage) =>
	role === 'user' &&
	Array.isArray(content) &&
	content.some(({ type }) => type === 'image_url' || type === 'image');

const tellsOfUpload = (message: ChatMessage) =>
	message.role === 'system' && /\bhas uploaded\b/i.test(textOf(message));

function toolFor(work: string, tools: ChatTool[]): ChatTool['function'] | undefined {
	const word = new RegExp(`\\b${work}`, 'i');
	const functions = tools.map((tool) => tool.function);
	const names = (text: string) => word.test(text.replaceAll('_', ' '));
	return (
		functions.find(({ name }) => names(name)) ??
		functions.find(({ description = '' }) => names(description))
	);
}

function argumentsFor({ parameters }: ChatTool['function'], wish: string, image: string) {
	const args: Record<string, unknown> = {};
	for (const name of Object.keys(parameters.properties)) {
		if (/prompt/i.test(name)) args[name] = wish;
		else if (/size/i.test(name)) args[name] = shapeIn(wish);
		else if (/image|url/i.test(name)) args[name] = image;
	}
	return args;
}

/** The ratio that a wish asks for; empty for the default size. */
function shapeIn(wish: string): string {
	if (/\b(wide|landscape)\b/i.test(wish)) return '16:9';
	return /\b(tall|portrait)\b/i.test(wish) ? '9:16' : '';
}

/** The newest image that the conversation shows or names. */
function lastImage(messages: ChatMessage[]): string {
	const texts = messages.filter(({ role }) => role !== 'system').map(textOf);
	return texts.flatMap((text) => text.match(new RegExp(URL, 'g')) ?? []).at(-1) ?? '';
}

function answerWith(result: string, wish: string): string {
	const links = [...new Set(result.match(new RegExp(URL, 'g')) ?? [])];
	if (links.length === 0) return `That did not work: ${result}`;
	const title = wish.replace(/[[\]]/g, '');
	return `Here it is:\n\n${links.map((link) => `![${title}](${link})`).join('\n\n')}`;
}
