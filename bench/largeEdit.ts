/* eslint-disable @n8n/community-nodes/no-restricted-globals */
import { randomBytes } from 'node:crypto';
import type { INodeParameters } from 'n8n-workflow';
import type { Item } from '../harness/engine/engine';

export const MB = 1024 * 1024;

/** An edit with three input images. */
export const LARGE_EDIT: INodeParameters = {
	operation: 'edit',
	model: { __rl: true, mode: 'list', value: 'Qwen/Qwen-Image-Edit-2509' },
	images: { image: [{ source: 'binary', binaryPropertyName: 'a,b,c' }] },
};

/** An item with three images for it. */
export function largeEditItem(megabytes = 8): Item {
	return {
		json: { i: 0 },
		files: Object.fromEntries(
			['a', 'b', 'c'].map((name) => [name, { bytes: bigPng(megabytes * MB) }]),
		),
	};
}

/** Random bytes with a PNG header; with imageBytes the simulator does not decode inputs. */
function bigPng(bytes: number): Buffer {
	const head = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
	return Buffer.concat([head, randomBytes(bytes - head.length)]);
}

/** The largest resident memory of this process so far, in MB. */
export const peakMb = () => process.resourceUsage().maxRSS / 1024;
