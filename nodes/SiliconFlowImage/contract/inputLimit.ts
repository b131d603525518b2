/**
 * Largest input image that is sent inside a request, wherever it comes from. SiliconFlow documents no
 * limit, and other clients send up to about 10 MB. While its request is under way, an image takes more
 * than twice its size in memory, and a request may have three.
 */
export const MAX_INPUT_MEGABYTES = 20;
