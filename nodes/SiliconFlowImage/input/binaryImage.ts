import { NodeOperationError, type IBinaryData, type IExecuteFunctions } from 'n8n-workflow';
import { IMAGE_TYPE_BYTES, imageTypeOf } from '../contract/imageType';
import { InlineImage } from '../contract/inlineImage';
import { refuseItem } from './nodeError';
import type { InputImage } from './inputImage';

/** An input image from a binary field, read with n8n's helpers, so that any binary mode will do. */
export function binaryImage(
	context: IExecuteFunctions,
	itemIndex: number,
	field: string,
): InputImage {
	return {
		check: async () => {
			const binary = binaryOf(context, itemIndex, field);
			if (!imageTypeOf(await firstBytes(context, itemIndex, field, binary))) {
				refuseItem(
					context,
					itemIndex,
					`'Input Data Field Name' ${field} does not hold an image, but ${binary.mimeType}`,
					'Name a field that holds a PNG, JPEG or WebP picture.',
				);
			}
		},
		load: async () => {
			const binary = binaryOf(context, itemIndex, field);
			const bytes = await context.helpers.getBinaryDataBuffer(itemIndex, field);
			return new InlineImage(imageTypeOf(bytes)?.mimeType ?? binary.mimeType, bytes);
		},
	};
}

function binaryOf(context: IExecuteFunctions, itemIndex: number, field: string): IBinaryData {
	if (field === '') {
		refuseItem(
			context,
			itemIndex,
			"'Input Data Field Name' is empty",
			'Enter the name of the input field that holds the picture, usually data.',
		);
	}
	try {
		return context.helpers.assertBinaryData(itemIndex, field);
	} catch {
		const present = Object.keys(context.getInputData()[itemIndex]?.binary ?? {});
		throw new NodeOperationError(
			context.getNode(),
			`'Input Data Field Name' ${field}: the item has no binary field of this name`,
			{
				itemIndex,
				description:
					present.length > 0
						? `The binary fields of this item are: ${present.join(', ')}.`
						: 'The item has no binary data at all. Put a step before this one that gives a file, or choose another Source.',
			},
		);
	}
}

/** Reads as little as shows the type; a stored file is not loaded as a whole. */
async function firstBytes(
	context: IExecuteFunctions,
	itemIndex: number,
	field: string,
	binary: IBinaryData,
): Promise<Buffer> {
	if (!binary.id) return Buffer.from(binary.data.slice(0, IMAGE_TYPE_BYTES * 2), 'base64');
	try {
		const stream = await context.helpers.getBinaryStream(binary.id, IMAGE_TYPE_BYTES);
		for await (const chunk of stream) return chunk as Buffer;
		return Buffer.alloc(0);
	} catch {
		throw new NodeOperationError(
			context.getNode(),
			`'Input Data Field Name' ${field}: the file can no longer be read from n8n's binary storage`,
			{
				itemIndex,
				description: 'Run the step that gives the file again.',
			},
		);
	}
}
