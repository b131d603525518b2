/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Answer, failureAnswer, jsonAnswer, newTraceId } from './http/answer';
import { now } from './http/clock';
import { failures } from './failures';
import { type Fault, type FaultQueue, replacementOf } from './http/faults';
import type { FileStore } from './imageStore';
import type { createGenerations } from './generations';
import { logEntry, type LoggedRequest } from './http/requestLog';
import type { Contract, Site } from './validation';
import { deliver } from './http/wire';

export interface ServiceParts {
	site: Site;
	apiKey: string;
	contract: Contract;
	files: FileStore;
	faults: FaultQueue;
	generate: ReturnType<typeof createGenerations>;
	logBodies: boolean;
	onRequest?: (request: LoggedRequest) => void;
	onAnswer?: (request: LoggedRequest) => void;
}

const LARGEST_BODY_BYTES = 128 * 1024 * 1024;

async function readBody(message: IncomingMessage, request: LoggedRequest): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of message as AsyncIterable<Buffer>) {
		request.bodyBytes += chunk.length;
		if (request.bodyBytes <= LARGEST_BODY_BYTES) chunks.push(chunk);
	}
	return Buffer.concat(chunks);
}

/** The parsed body; undefined if it is not JSON or not labeled as JSON. */
function parseBody(request: LoggedRequest, bytes: Buffer): unknown {
	if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) return undefined;
	try {
		return JSON.parse(bytes.toString('utf8')) as unknown;
	} catch {
		return undefined;
	}
}

/** Some chat models, so that a client that does not filter shows it. */
const CHAT_MODELS = ['deepseek-ai/DeepSeek-V3.2', 'Qwen/Qwen3-32B', 'zai-org/GLM-4.6'];

/** The site's model list, filtered by the query. It holds ids only, not what a model can do. */
function listModels(contract: Contract, target: string): Answer {
	const query = new URLSearchParams(target.split('?')[1] ?? '');
	const type = query.get('type');
	const subType = query.get('sub_type');
	const ids: string[] = [];
	if (type !== 'text') {
		for (const [id, schema] of contract.models) {
			if (subType === null || schema['x-sub-types'].includes(subType)) ids.push(id);
		}
	}
	const chatWanted = subType === null || subType === 'chat';
	if (type !== 'image' && chatWanted) ids.push(...CHAT_MODELS);
	const known = type === null || type === 'image' || type === 'text';
	if (!known) return failureAnswer(failures.parameterInvalid);
	const data = ids.map((id) => ({ id, object: 'model', created: 0, owned_by: '' }));
	return jsonAnswer({ object: 'list', data });
}

/** Routes, request log and faults: everything between a request and its answer. */
export function createService(parts: ServiceParts) {
	const requests: LoggedRequest[] = [];
	let inFlight = 0;

	const answerTo = async (
		request: LoggedRequest,
		body: unknown,
		fault: Fault | undefined,
		signal: AbortSignal,
	): Promise<Answer> => {
		const replacement = fault && replacementOf(fault);
		if (replacement) return failureAnswer(replacement);
		if (request.kind === 'image') return await parts.files.get(request);
		const isUserInfo = request.method === 'GET' && request.url === '/v1/user/info';
		const isRetired = isUserInfo && parts.site === 'cn';
		if (request.kind === 'other' && !isRetired) return failureAnswer(failures.notFound);
		if (request.headers.authorization !== `Bearer ${parts.apiKey}`) {
			return failureAnswer(failures.invalidToken);
		}
		if (isRetired) return failureAnswer(failures.retired);
		if (request.kind === 'models') return listModels(parts.contract, request.url);
		if (request.bodyBytes > LARGEST_BODY_BYTES) return failureAnswer(failures.tooLarge);
		const result = await parts.generate(request, body, signal);
		if ('refused' in result) return result.refused;
		const { transformReply } = fault ?? {};
		return jsonAnswer(transformReply ? transformReply(result.reply, request) : result.reply);
	};

	const serve = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
		const request = logEntry(message);
		requests.push(request);
		inFlight += 1;
		const gone = new AbortController();
		let endedByServer = false;
		response.once('close', () => {
			inFlight -= 1;
			request.answeredAt = now();
			request.aborted = !response.writableFinished && !endedByServer;
			gone.abort();
			parts.onAnswer?.(request);
		});
		try {
			const bytes = await readBody(message, request);
			const body = request.kind === 'generation' ? parseBody(request, bytes) : undefined;
			request.body = body;
			parts.onRequest?.(request);
			const fault = parts.faults.take(request);
			if (!parts.logBodies) delete request.body;
			const answer = await answerTo(request, body, fault, gone.signal).catch(() =>
				failureAnswer(failures.unknownError),
			);
			if (gone.signal.aborted) return;
			if (request.kind !== 'image') {
				request.traceId = newTraceId();
				answer.headers['x-siliconcloud-trace-id'] = request.traceId;
			}
			if (!fault?.stall?.startsWith('before') && !fault?.cut?.startsWith('before')) {
				request.status = answer.status;
			}
			await deliver(response, answer, fault, gone.signal, () => {
				endedByServer = true;
			});
		} catch {
			// The client disconnected while sending; the log records it.
			response.destroy();
		}
	};

	return { serve, requests, inFlight: () => inFlight };
}
