/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports, no-console */
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { measureCrowd } from './crowd';
import { measureIncoming } from './incoming';
import { measureManyModels } from './manyModels';
import {
	LARGE_CASES,
	measureLarge,
	measureMemoryOfEdit,
	measureMemoryOfItems,
	measureMemoryOfWaiting,
} from './memory';
import { inOwnProcess } from './ownProcess';
import { measureParsing } from './parsing';
import { measureDailyLimit, measureJoining, measureSimulated } from './simulated';
import { SIMULATED_CASES } from './simulatedCases';
import { measureLimit, measureTime, TIME_CASES, type Measured } from './time';

async function measureLoading(): Promise<Measured> {
	const times: number[] = [];
	for (let i = 0; i < 5; i++) {
		times.push(await inOwnProcess<number>(join(__dirname, 'loading.cjs'), [], []));
	}
	const median = times.sort((a, b) => a - b)[2];
	return {
		name: 'loading node and credential above n8n-workflow',
		node: `${median.toFixed(0)} ms`,
		floor: '-',
		result: `${median.toFixed(0)} ms`,
		target: '<= 60 ms',
		met: median <= 60,
	};
}

async function main() {
	console.log(
		`Node ${process.versions.node}, ${cpus().length} x ${cpus()[0].model}, ${Math.round(totalmem() / 1024 ** 3)} GiB`,
	);
	const rows: Measured[] = [];
	for (const timeCase of TIME_CASES) rows.push(await measureTime(timeCase));
	rows.push(await measureLimit());
	for (const simulated of SIMULATED_CASES) rows.push(await measureSimulated(simulated));
	rows.push(await measureDailyLimit(), await measureJoining());
	rows.push(...(await measureCrowd()));
	rows.push(await measureManyModels());
	rows.push(await measureMemoryOfItems());
	rows.push(await measureMemoryOfEdit());
	for (const large of Object.keys(LARGE_CASES)) rows.push(await measureLarge(large));
	rows.push(await measureMemoryOfWaiting());
	rows.push(...(await measureParsing()));
	rows.push(...measureIncoming());
	rows.push(await measureLoading());
	console.table(rows);
	if (!rows.every(({ met }) => met)) process.exitCode = 1;
}

main().then(
	() => process.exit(),
	(thrown: Error) => {
		console.error(thrown);
		process.exit(1);
	},
);
