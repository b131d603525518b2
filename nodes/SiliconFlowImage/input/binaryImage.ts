import { createHash } from 'crypto';
import type { IExecuteFunctions } from 'n8n-workflow';
import { readBase64 } from '../contract/base64';
import { IMAGE_TYPE_BYTES, imageTypeOf } from '../contract/imageHeader';
import { InlineImage } from '../contract/inlineImage';
import { LABELS } from '../contract/labels';
import { parseDataUrl } from '../contract/unknownValue';
import { ALL_ITEMS } from '../description/images';
import { beginsLikeImage, refuseBase64 } from './base64Image';
import { adviceForExpressionText } from './expressionText';
import {
	checkInputSize,
	decodedBytes,
	digestOf,
	digestOfFile,
	identityOf,
	type InputImage,
} from './inputImage';
import { asFile, type InputItem, type ItemFile } from './inputItem';

const LABEL = LABELS.inputDataFieldName;

/**
 * An input image from binary data. What is stored is read with n8n's helpers, so any binary mode works.
 *
 * @param reference name of a file of the item, or the file itself
 */
export function binaryImage(item: InputItem, reference: string | ItemFile): InputImage {
	const isName = typeof reference === 'string';
	const title = isName
		? `the file in ${item.show(reference)}`
		: `the file ${item.show(reference.name ?? reference.mimeType ?? 'that the expression gives')}`;
	const subject = `'${LABEL}': ${title}`;
	const file = () => (isName ? fileNamed(item, reference) : reference);
	return {
		item,
		title,
		check: async () => {
			const found = file();
			const { id } = found;
			if (id === undefined) {
				imageIn(item, subject, found);
				return undefined;
			}
			const { size, beginning } = await fromStorage(item, subject, async (helpers) => ({
				// Of a stored file only n8n's storage knows the size for certain.
				size: (await helpers.getBinaryMetadata(id)).fileSize,
				beginning: await beginningOf(helpers, id),
			}));
			imageOf(item, subject, found, beginning);
			checkInputSize(item, subject, size);
			return undefined;
		},
		identity: async () => {
			const found = file();
			return found.id === undefined
				? await identityOf(imageIn(item, subject, found).bytes)
				: { key: found.id, isCertain: true };
		},
		digest: async () => {
			const { id } = file();
			if (id === undefined) return undefined;
			return await digestOfFile(id, async () => await streamedDigest(item, subject, id));
		},
		load: async () => {
			const found = file();
			const { id } = found;
			if (id === undefined) return imageIn(item, subject, found);
			const bytes = await fromStorage(
				item,
				subject,
				async ({ getBinaryDataBuffer }) =>
					// Only its place counts, but n8n wants a type and content too.
					await getBinaryDataBuffer(item.index, { id, mimeType: 'image/*', data: '' }),
			);
			// Now that it is at hand, it need not be read once more for this.
			await digestOfFile(id, async () => await digestOf(bytes));
			return imageOf(item, subject, found, bytes);
		},
	};
}

/** @throws NodeOperationError with `itemIndex` when there is no file of this name, or no file in it */
function fileNamed(item: InputItem, name: string): ItemFile {
	const entry = item.fileEntry(name);
	if (entry === undefined) {
		item.refuse(
			`This item has no file in a field named "${item.show(name)}"`,
			adviceForExpressionText(LABEL, name) ?? adviceForMissing(item),
		);
	}
	const file = asFile(entry.value);
	if (file) return file;
	return item.refuse(
		`'${LABEL}': ${item.show(name)} holds no file, but ${item.show(entry.value)}`,
		TO_MAKE_A_FILE,
	);
}

/** How a step before can make a file as n8n has it. */
const TO_MAKE_A_FILE =
	'In a Code step, make the file with await this.helpers.prepareBinaryData(buffer, "image.png"). To make it of Base64 text, use the Convert to File step.';

/** The image of a file that is not stored. */
function imageIn(item: InputItem, subject: string, file: ItemFile): InlineImage {
	const { content = '', isKept } = file;
	if (typeof content !== 'string') {
		checkInputSize(item, subject, content.length);
		return imageOf(item, subject, file, content);
	}
	const text = parseDataUrl(content)?.data ?? content;
	checkInputSize(item, subject, decodedBytes(text));
	const { bytes, problem } = readBase64(text, isKept);
	if (bytes) return imageOf(item, subject, file, bytes);
	if (problem === 'empty') return refuseEmpty(item, subject);
	if (!beginsLikeImage(text)) return refuseNoImage(item, subject, file);
	return refuseBase64(item, `${subject} is kept as Base64 text that`, problem);
}

/**
 * The image that bytes are.
 *
 * @param bytes all of them, or as many as show the type
 */
function imageOf(item: InputItem, subject: string, file: ItemFile, bytes: Buffer): InlineImage {
	if (bytes.length === 0) refuseEmpty(item, subject);
	const type = imageTypeOf(bytes);
	return type ? new InlineImage(type.mimeType, bytes) : refuseNoImage(item, subject, file);
}

function refuseEmpty(item: InputItem, subject: string): never {
	return item.refuse(
		`${subject} is empty`,
		'It has no bytes. Check the step that outputs it, and what was uploaded or downloaded there. The request was not sent.',
	);
}

function refuseNoImage(item: InputItem, subject: string, { mimeType }: ItemFile): never {
	const says = mimeType === undefined ? '' : ` (its content type is ${item.show(mimeType)})`;
	return item.refuse(
		`${subject} is not an image${says}`,
		`Enter the name of a field that holds a PNG, JPEG or WebP image. ${TO_MAKE_A_FILE}`,
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
async function beginningOf(
	{ getBinaryStream }: IExecuteFunctions['helpers'],
	id: string,
): Promise<Buffer> {
	const chunks: Buffer[] = [];
	let length = 0;
	for await (const chunk of await getBinaryStream(id, IMAGE_TYPE_BYTES)) {
		chunks.push(chunk as Buffer);
		length += (chunk as Buffer).length;
		if (length >= IMAGE_TYPE_BYTES) break;
	}
	return Buffer.concat(chunks);
}

/** Read piece by piece, so that neither memory nor the event loop sees the whole file at once. */
async function streamedDigest(item: InputItem, subject: string, id: string): Promise<string> {
	return await fromStorage(item, subject, async ({ getBinaryStream }) => {
		const hash = createHash('sha256');
		for await (const chunk of await getBinaryStream(id)) hash.update(chunk as Buffer);
		return hash.digest('hex');
	});
}

/** @throws NodeOperationError with `itemIndex` when the storage does not have the file */
async function fromStorage<T>(
	item: InputItem,
	subject: string,
	read: (helpers: IExecuteFunctions['helpers']) => Promise<T>,
): Promise<T> {
	try {
		return await read(item.context.helpers);
	} catch {
		return item.refuse(
			`${subject} can no longer be read from n8n's binary storage`,
			'Run the step that outputs the file again. The request was not sent.',
		);
	}
}
