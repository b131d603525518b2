import type { Region } from './catalog';
import { MODELS, type ModelRow, type Site } from './models';

/**
 * Where each site shows a model with its price; both consoles are the same application. The address of
 * the China site is the one that its price list links to.
 */
const CONSOLES: Readonly<Record<Site, string>> = {
	cn: 'https://cloud.siliconflow.cn/models?target=',
	com: 'https://cloud.siliconflow.com/models?target=',
};

/**
 * The page of a model, at the region's site if that site is known to have it.
 *
 * @param id may come from elsewhere, so it is encoded; without halves of surrogate pairs
 * @returns undefined for an unknown model of a custom base URL, which may be from anywhere
 */
export function modelPage(
	id: string,
	region: Region,
	rows: readonly ModelRow[] = MODELS,
): string | undefined {
	const sites = rows.filter((row) => row.id === id).map(({ site }) => site);
	const own = sites.find((site) => site === region) ?? sites[0];
	const site = own ?? (region === 'custom' ? undefined : region);
	return site && CONSOLES[site] + encodeURIComponent(id);
}
