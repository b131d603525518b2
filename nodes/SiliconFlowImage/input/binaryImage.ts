import type { IBinaryData } from 'n8n-workflow';
import { IMAGE_TYPE_BYTES, imageTypeOf } from '../contract/imageType';
import { InlineImage } from '../contract/inlineImage';
import { LABELS } from '../contract/labels';
import type { InputImage } from './inputImage';
import type { InputItem } from './inputItem';

const LABEL = LABELS.inputDataFieldName;

/** An input image from a binary field. It is read with n8n's helpers, so any binary mode works. */
export function binaryImage(item: InputItem, field: string): InputImage {
	return {
		check: async () => {
			const binary = binaryOf(item, field);
			if (!imageTypeOf(await firstBytes(item, field, binary))) {
				item.refuse(
					`'${LABEL}': the file in ${field} is not an image (its content type is ${binary.mimeType})`,
					'Enter the name of a field that holds a PNG, JPEG or WebP image.',
				);
			}
		},
		load: async () => {
			const binary = binaryOf(item, field);
			const bytes = await item.bytesOf(field);
			return new InlineImage(imageTypeOf(bytes)?.mimeType ?? binary.mimeType, bytes);
		},
	};
}

function binaryOf(item: InputItem, field: string): IBinaryData {
	if (field === '') {
		item.refuse(
			`'${LABEL}' is empty`,
			'Enter the name of the input field that holds the image, usually data.',
		);
	}
	const binary = item.binary(field);
	if (binary) return binary;
	const present = item.binaryFields;
	return item.refuse(
		`'${LABEL}': the item has no binary field named ${field}`,
		present.length > 0
			? `The item has these binary fields: ${present.join(', ')}.`
			: `The item has no binary data. Add a step before this one that outputs a file, or choose another '${LABELS.source}'.`,
	);
}

/** Reads only as much as shows the type, so that a stored file is not loaded as a whole. */
async function firstBytes(item: InputItem, field: string, binary: IBinaryData): Promise<Buffer> {
	if (!binary.id) return Buffer.from(binary.data.slice(0, IMAGE_TYPE_BYTES * 2), 'base64');
	try {
		const stream = await item.context.helpers.getBinaryStream(binary.id, IMAGE_TYPE_BYTES);
		for await (const chunk of stream) return chunk as Buffer;
		return Buffer.alloc(0);
	} catch {
		return item.refuse(
			`'${LABEL}': the file in ${field} can no longer be read from n8n's binary storage`,
			'Run the step that outputs the file again.',
		);
	}
}
