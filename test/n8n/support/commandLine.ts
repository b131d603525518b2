/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IRunExecutionData } from 'n8n-workflow';
import type { Host } from '../../../harness/n8n/install/hosts';
import { createCli } from '../../../harness/n8n/instance/cli';
import {
	simulatorCredential,
	type ImportedCredential,
} from '../../../harness/n8n/instance/credential';
import type { Simulator } from '../../../simulator';
import { newFolder, newUserFolder } from './userFolders';
import { chain, imageStep, manualTrigger, model, step, type Workflow } from './workflow';

/** n8n's command line with the credential imported, and a folder that steps may write to. */
export interface CommandLine {
	credential: ImportedCredential;
	/** Imports the workflow and executes it. */
	execute(
		workflow: Workflow,
	): Promise<{ status: number; data?: IRunExecutionData; printed: string }>;
	/** Generates an image, edits it, and writes both to disk. */
	generateThenEdit(prompts: { generate: string; edit: string }): Workflow;
	written(name: string): Buffer;
}

export async function commandLine(host: Host, simulator: Simulator): Promise<CommandLine> {
	const disk = newFolder('disk');
	const cli = createCli(host, newUserFolder(), { N8N_RESTRICT_FILE_ACCESS_TO: disk });
	const credential = simulatorCredential(simulator);
	await cli.importCredentials([credential]);

	const write = (name: string) =>
		step(`Write ${name}`, 'n8n-nodes-base.readWriteFile', 1, {
			operation: 'write',
			fileName: join(disk, `${name}.png`),
		});
	return {
		credential,
		async execute(workflow) {
			await cli.importWorkflows([workflow]);
			const { status, stdout, stderr } = await cli.run(
				'execute',
				`--id=${workflow.id}`,
				'--rawOutput',
			);
			return { status, data: resultIn(stdout), printed: stdout + stderr };
		},
		generateThenEdit: ({ generate, edit }) =>
			chain('Generate, then edit', [
				manualTrigger(),
				imageStep('Generate', { prompt: generate, options: { seed: 7 } }, credential),
				write('generated'),
				imageStep(
					'Edit',
					{ operation: 'edit', model: model('Qwen/Qwen-Image-Edit-2509'), prompt: edit },
					credential,
				),
				write('edited'),
			]),
		written: (name) => readFileSync(join(disk, `${name}.png`)),
	};
}

/** n8n prints log lines, then the run as indented JSON, and after a failure more log lines. */
function resultIn(stdout: string): IRunExecutionData | undefined {
	const json = /^\{$.*?^\}$/ms.exec(stdout)?.[0];
	return json === undefined ? undefined : (JSON.parse(json) as { data: IRunExecutionData }).data;
}
