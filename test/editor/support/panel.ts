import type { Locator, Page, Request } from 'playwright-core';
import { byId } from './editor';

/** The lists of models, in panel order. */
const MODEL_LISTS = ['model', 'fallbackModel'] as const;
type ModelList = (typeof MODEL_LISTS)[number];

/** An open step: its parameters in the middle, its output on the right. */
export interface Panel {
	/** Labels of the fields, in panel order. */
	labels(): Promise<string[]>;
	/** The entries of a drop-down list. */
	choices(parameter: string): Promise<string[]>;
	choose(parameter: string, label: string): Promise<void>;
	/** What a field shows as its value. */
	shown(parameter: string): Promise<string>;
	/** What a language model is told about a tool. */
	toolDescription(): Promise<string>;
	/** Sentences in place of a field. */
	notices(): Promise<string[]>;
	/** Lets the language model of an agent fill in a field of a tool. */
	leaveToAgent(parameter: string): Promise<void>;
	/** What "Add Option" of the first collection offers. */
	options(): Promise<string[]>;
	/** Adds the entry with this label to the first collection. */
	addOption(label: string): Promise<void>;
	/** The names of the entries in the model list. */
	models(of?: ModelList): Promise<string[]>;
	/** The name of the model that the closed list shows. */
	chosenModel(of?: ModelList): Promise<string>;
	/** The address that the link beside the chosen model opens. */
	modelLink(): Promise<string>;
	/** The texts of the buttons that add to a collection. */
	addButtons(): Promise<string[]>;
	/** Chooses the entry whose name begins with this id. */
	chooseModel(id: string, of?: ModelList): Promise<void>;
	/** Enters the id by hand instead. */
	enterModel(id: string): Promise<void>;
	pickModelsFromList(): Promise<void>;
	fill(parameter: string, text: string): Promise<void>;
	/** Presses "Execute step". */
	execute(): Promise<void>;
	/** The advice that the output panel shows after a failed run. */
	advice: Locator;
	/** The credential's dialog. */
	editCredential(): Promise<Locator>;
	close(): Promise<void>;
}

export async function openPanel(page: Page): Promise<Panel> {
	const parameters = byId(page, 'node-parameters');
	await byId(parameters, 'parameter-input-prompt').waitFor();
	const parameter = (name: string) => byId(parameters, `parameter-input-${name}`);
	const listed = () => page.locator('.el-select-dropdown__item:visible');
	const shut = async (list: Locator) => {
		await page.keyboard.press('Escape');
		await list.first().waitFor({ state: 'hidden' });
	};
	const unfold = async (name: string) => {
		await parameter(name).locator('input').first().click();
		await listed().first().waitFor();
	};
	const modelList = (of: ModelList = 'model') =>
		byId(parameters, 'rlc-input').nth(MODEL_LISTS.indexOf(of));
	const unfoldModels = async (of?: ModelList) => {
		await modelList(of).click();
		await byId(page, 'rlc-item').first().waitFor();
	};
	const offered = byId(page, 'collection-parameter-option').filter({ visible: true });
	const unfoldOptions = async () => {
		await byId(parameters, 'collection-parameter-add').first().click();
		await offered.first().waitFor();
	};
	const setMode = async (mode: string) => {
		await byId(parameters, 'rlc-mode-selector').locator('input').first().click();
		await listed().getByText(mode, { exact: false }).click();
		await listed().first().waitFor({ state: 'hidden' });
	};
	return {
		async labels() {
			const texts = await byId(parameters, 'input-label').filter({ visible: true }).allInnerTexts();
			return texts.map(firstLine);
		},
		async choices(name) {
			await unfold(name);
			const texts = await listed().allInnerTexts();
			await shut(listed());
			return texts.map(firstLine);
		},
		async choose(name, label) {
			await unfold(name);
			await listed().filter({ hasText: label }).first().click();
			await listed().first().waitFor({ state: 'hidden' });
		},
		shown: async (name) => await parameter(name).locator('input').first().inputValue(),
		toolDescription: async () =>
			await parameter('toolDescription').locator('textarea').first().inputValue(),
		async notices() {
			const texts = await parameters.locator('.notice:visible').allInnerTexts();
			return texts.map(firstLine);
		},
		async leaveToAgent(name) {
			const input = byId(page, `parameter-input-${name}`);
			// A field of an entry is inside the item of its list, so the innermost is meant.
			const field = byId(parameters, 'parameter-item').filter({ has: input }).last();
			await field.hover();
			await byId(field, 'from-ai-override-button').click();
			// The input is gone then.
			await byId(parameters, 'fromAI-override-field').waitFor();
		},
		async addOption(label) {
			await unfoldOptions();
			await offered.filter({ hasText: label }).first().click();
			await offered.first().waitFor({ state: 'hidden' });
		},
		async options() {
			await unfoldOptions();
			const texts = await offered.allInnerTexts();
			await shut(offered);
			return texts.map(firstLine);
		},
		async models(of) {
			await unfoldModels(of);
			const texts = await byId(page, 'rlc-item').allInnerTexts();
			await shut(byId(page, 'rlc-item'));
			return texts.map(firstLine);
		},
		async chooseModel(id, of) {
			await unfoldModels(of);
			await byId(page, 'rlc-item').getByText(`${id} (`).click();
			await byId(page, 'rlc-item').first().waitFor({ state: 'hidden' });
		},
		chosenModel: async (of) => await modelList(of).inputValue(),
		async modelLink() {
			// The browser of these tests asks no other host, but the request tells the address.
			const isPage = (request: Request) => request.isNavigationRequest();
			const asked = page.context().waitForEvent('request', isPage);
			const opened = page.context().waitForEvent('page');
			await byId(parameters, 'rlc-open-resource-link').click();
			const [request, tab] = await Promise.all([asked, opened]);
			await tab.close();
			return request.url();
		},
		async addButtons() {
			// A list whose label is the placeholder of its input.
			const buttons = await byId(parameters, 'collection-parameter-add').locator('input').all();
			return await Promise.all(
				buttons.map(async (input) => (await input.getAttribute('placeholder')) ?? ''),
			);
		},
		async enterModel(id) {
			await setMode('By ID');
			const input = byId(parameters, 'rlc-input').first();
			await input.fill(id);
			await input.blur();
		},
		pickModelsFromList: async () => await setMode('From List'),
		async fill(name, text) {
			await parameter(name).locator('textarea, input').first().fill(text);
		},
		async execute() {
			await byId(page, 'node-execute-button').first().click();
		},
		advice: byId(page, 'node-error-description'),
		async editCredential() {
			await byId(page, 'credential-edit-button').click();
			const dialog = byId(page, 'credential-edit-dialog');
			await dialog.waitFor();
			return dialog;
		},
		async close() {
			await byId(page, 'ndv-close-button').click();
			await parameters.waitFor({ state: 'hidden' });
		},
	};
}

const firstLine = (text: string) => text.trim().split('\n')[0];
