import { createHash } from 'crypto';
import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';
import { IMAGE_TYPE_BYTES, imageTypeOf, imageTypeOfBase64 } from '../contract/imageHeader';
import { InlineImage } from '../contract/inlineImage';
import { LABELS } from '../contract/labels';
import { ALL_ITEMS } from '../description/images';
import {
	checkInputSize,
	decodedBytes,
	digestOf,
	digestOfFile,
	identityOf,
	type InputImage,
} from './inputImage';
import type { InputItem } from './inputItem';
import { adviceForExpressionText } from './values';

const LABEL = LABELS.inputDataFieldName;

/**
 * An input image from binary data. It is read with n8n's helpers, so any binary mode works.
 *
 * @param reference name of a file of the item, or the file itself
 */
export function binaryImage(item: InputItem, reference: string | IBinaryData): InputImage {
	const isName = typeof reference === 'string';
	const title = isName
		? `the file in ${item.show(reference)}`
		: `the file ${item.show(reference.fileName ?? reference.mimeType)}`;
	const file = () => (isName ? fileNamed(item, reference) : reference);
	return {
		item,
		title,
		check: async () => {
			const found = file();
			if (!(await typeOf(item, title, found))) {
				item.refuse(
					`'${LABEL}': ${title} is not an image (its content type is ${item.show(found.mimeType)})`,
					'Enter the name of a field that holds a PNG, JPEG or WebP image.',
				);
			}
			const bytes = await sizeOf(item, title, found);
			checkInputSize(item, `'${LABEL}': ${title}`, bytes);
		},
		identity: async () => {
			const { id, data } = file();
			return id ? { key: id, isCertain: true } : await identityOf(Buffer.from(data, 'base64'));
		},
		digest: async () => {
			const { id, data } = file();
			if (!id) return await digestOf(Buffer.from(data, 'base64'));
			return await digestOfFile(id, async () => await streamedDigest(item, title, id));
		},
		load: async () => {
			const found = file();
			const bytes = await item.bytesOf(found);
			// Now that it is at hand, it need not be read once more for this.
			if (found.id) await digestOfFile(found.id, async () => await digestOf(bytes));
			return new InlineImage(imageTypeOf(bytes)?.mimeType ?? found.mimeType, bytes);
		},
	};
}

function fileNamed(item: InputItem, name: string): IBinaryData {
	const file = item.file(name);
	if (file) return file;
	return item.refuse(
		`This item has no file in a field named "${item.show(name)}"`,
		adviceForExpressionText(LABEL, name) ?? adviceForMissing(item),
	);
}

function adviceForMissing(item: InputItem): string {
	const present = item.fileNames;
	if (present.length > 0) {
		return `Its files: ${item.showList(present)}. Enter one of these names in '${LABEL}'.`;
	}
	if (item.isTool) {
		return `n8n does not pass files to the tools of an agent. Set '${LABELS.source}' to URL or Base64, or enter an expression that gives a file in '${LABEL}', such as {{ $("When chat message received").item.binary.data0 }}.`;
	}
	const combined = item.isCombined
		? `'${LABELS.imagesFrom}' is ${ALL_ITEMS.name}, so every item must give an image. `
		: '';
	return `It has no files at all. ${combined}Add a step before this one that outputs a file, choose another '${LABELS.source}', or take the file of an earlier step: enter an expression such as {{ $("Step name").item.binary.data }} in '${LABEL}'.`;
}

/** Reads only as much as shows the type, so that a stored file is not loaded as a whole. */
async function typeOf(item: InputItem, title: string, { id, data }: IBinaryData) {
	if (!id) return imageTypeOfBase64(data);
	return await fromStorage(item, title, async ({ getBinaryStream }) => {
		const stream = await getBinaryStream(id, IMAGE_TYPE_BYTES);
		for await (const chunk of stream) return imageTypeOf(chunk as Buffer);
		return undefined;
	});
}

/** Read piece by piece, so that neither memory nor the event loop sees the whole file at once. */
async function streamedDigest(item: InputItem, title: string, id: string): Promise<string> {
	return await fromStorage(item, title, async ({ getBinaryStream }) => {
		const hash = createHash('sha256');
		for await (const chunk of await getBinaryStream(id)) hash.update(chunk as Buffer);
		return hash.digest('hex');
	});
}

/** The size of a file in bytes. Of a stored file only n8n's storage knows it for certain. */
async function sizeOf(item: InputItem, title: string, { id, data }: IBinaryData): Promise<number> {
	if (!id) return decodedBytes(data);
	return await fromStorage(item, title, async ({ getBinaryMetadata }) => {
		const { fileSize } = await getBinaryMetadata(id);
		return fileSize;
	});
}

/** @throws NodeOperationError with `itemIndex` when the storage does not have the file */
async function fromStorage<T>(
	item: InputItem,
	title: string,
	read: (helpers: IExecuteFunctions['helpers']) => Promise<T>,
): Promise<T> {
	try {
		return await read(item.context.helpers);
	} catch {
		return item.refuse(
			`'${LABEL}': ${title} can no longer be read from n8n's binary storage`,
			'Run the step that outputs the file again.',
		);
	}
}
