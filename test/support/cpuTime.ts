/* eslint-disable @n8n/community-nodes/no-restricted-globals */

/** Milliseconds of computing time that this process has used; a busy machine does not add to it. */
export function cpuMs(): number {
	const { user, system } = process.cpuUsage();
	return (user + system) / 1000;
}
