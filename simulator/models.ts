import { type Answer, failureAnswer, jsonAnswer } from './http/answer';
import { failures } from './failures';
import type { Contract } from './validation';

/** Some chat models, so that a client that does not filter shows it. */
const CHAT_MODELS = ['deepseek-ai/DeepSeek-V3.2', 'Qwen/Qwen3-32B', 'zai-org/GLM-4.6'];

/** The site's model list, filtered by the query. It holds ids only, not what a model can do. */
export function listModels(contract: Contract, target: string): Answer {
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
