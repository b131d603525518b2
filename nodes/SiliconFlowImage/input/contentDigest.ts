import { createHash, webcrypto } from 'crypto';

/** So little takes less time at once than beside the event loop. */
const MAX_BYTES_AT_ONCE = 64 * 1024;

/**
 * SHA-256 in hexadecimal. What is large is hashed beside the event loop, which it would block.
 *
 * @param content bytes, or text in UTF-8
 */
export async function digestOf(content: Buffer | string): Promise<string> {
	const bytes = typeof content === 'string' ? Buffer.from(content) : content;
	if (bytes.length <= MAX_BYTES_AT_ONCE) return createHash('sha256').update(bytes).digest('hex');
	return Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes)).toString('hex');
}

/** Most files whose digests are remembered. */
const MAX_FILES = 1_000;

/** The digests of stored files by n8n's id, which stands for one content for ever. */
const digests = new Map<string, string>();

/**
 * The digest of a stored file, computed once.
 *
 * @param id n8n's id of the file
 * @param compute reads the file, where it is not remembered
 */
export async function digestOfFile(id: string, compute: () => Promise<string>): Promise<string> {
	const digest = digests.get(id) ?? (await compute());
	// Put behind the others, so that the one that was not needed for longest is forgotten first.
	digests.delete(id);
	digests.set(id, digest);
	if (digests.size > MAX_FILES) digests.delete([...digests.keys()][0]);
	return digest;
}
