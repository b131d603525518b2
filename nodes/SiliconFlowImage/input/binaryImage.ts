import type { IBinaryData } from 'n8n-workflow';
import { IMAGE_TYPE_BYTES, imageTypeOf } from '../contract/imageType';
import { InlineImage } from '../contract/inlineImage';
import { LABELS } from '../contract/labels';
import { identityOf, type InputImage } from './inputImage';
import type { InputItem } from './inputItem';
import { formatList, formatValue } from './values';

const LABEL = LABELS.inputDataFieldName;

/**
 * An input image from binary data. It is read with n8n's helpers, so any binary mode works.
 *
 * @param reference name of a file of the item, or the file itself
 */
export function binaryImage(item: InputItem, reference: string | IBinaryData): InputImage {
	const isName = typeof reference === 'string';
	const title = isName
		? `the file in ${formatValue(reference, item.clean)}`
		: `the file ${formatValue(reference.fileName ?? reference.mimeType, item.clean)}`;
	const file = () => (isName ? fileNamed(item, reference) : reference);
	return {
		title,
		check: async () => {
			const found = file();
			if (!imageTypeOf(await firstBytes(item, title, found))) {
				item.refuse(
					`'${LABEL}': ${title} is not an image (its content type is ${formatValue(found.mimeType, item.clean)})`,
					'Enter the name of a field that holds a PNG, JPEG or WebP image.',
				);
			}
		},
		identity: () => {
			const { id, data } = file();
			return id ? { key: id, isCertain: true } : identityOf(Buffer.from(data, 'base64'));
		},
		load: async () => {
			const found = file();
			const bytes = await item.bytesOf(found);
			return new InlineImage(imageTypeOf(bytes)?.mimeType ?? found.mimeType, bytes);
		},
	};
}

function fileNamed(item: InputItem, name: string): IBinaryData {
	const file = item.file(name);
	if (file) return file;
	const present = item.fileNames;
	return item.refuse(
		`This item has no file in a field named "${formatValue(name, item.clean)}"`,
		present.length > 0
			? `Its files: ${formatList(present, item.clean)}. Enter one of these names in '${LABEL}'.`
			: `It has no files at all. Add a step before this one that outputs a file, choose another '${LABELS.source}', or take the file of an earlier step with an expression such as {{ $("Step").item.binary.data }}.`,
	);
}

/** Reads only as much as shows the type, so that a stored file is not loaded as a whole. */
async function firstBytes(item: InputItem, title: string, file: IBinaryData): Promise<Buffer> {
	if (!file.id) return Buffer.from(file.data.slice(0, IMAGE_TYPE_BYTES * 2), 'base64');
	try {
		const stream = await item.context.helpers.getBinaryStream(file.id, IMAGE_TYPE_BYTES);
		for await (const chunk of stream) return chunk as Buffer;
		return Buffer.alloc(0);
	} catch {
		return item.refuse(
			`'${LABEL}': ${title} can no longer be read from n8n's binary storage`,
			'Run the step that outputs the file again.',
		);
	}
}
