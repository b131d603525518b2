import type { IDataObject } from 'n8n-workflow';
import type { Capabilities } from '../contract/catalog';
import { LABELS } from '../contract/labels';
import { base64Image, isDataUrl } from './base64Image';
import { binaryImage } from './binaryImage';
import type { InputImage } from './inputImage';
import type { InputItem } from './inputItem';
import { urlImage } from './urlImage';
import { whenSet } from './values';

/** The input images of an item in their order. Names separated by commas are one image each. */
export function readInputImages(item: InputItem, model: Capabilities): InputImage[] {
	const entries = item.parameter('images.image', []) as IDataObject[];
	return entries.flatMap((entry, position): InputImage[] => {
		switch (entry.source) {
			case 'url': {
				const url = String(whenSet(entry.url) ?? '').trim();
				// A data URL is often put where a URL is asked for, and it is clear what is meant.
				if (isDataUrl(url)) return [base64Image(item, LABELS.url, () => url)];
				return [urlImage(item, model, url)];
			}
			case 'base64':
				return [base64Image(item, LABELS.base64, () => base64Text(item, position))];
			default:
				return fieldNames(entry.binaryPropertyName).map((name) => binaryImage(item, name));
		}
	});
}

/** Read anew each time, because the text may be megabytes and hundreds of items may wait. */
function base64Text(item: InputItem, position: number): string {
	const entries = item.parameter('images.image', []) as IDataObject[];
	return String(entries.map((entry) => entry.base64)[position] ?? '');
}

function fieldNames(value: unknown): string[] {
	const names = String(value ?? '')
		.split(',')
		.map((name) => name.trim())
		.filter((name) => name !== '');
	return names.length > 0 ? names : [''];
}
