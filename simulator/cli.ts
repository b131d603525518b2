/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console */
import { parseArgs } from 'node:util';
import { type LoggedRequest, type Simulator, type SimulatorOptions, startSimulator } from '.';
import { failures } from './failures';

const HELP = `A local SiliconFlow for trying the node without an account.

  --port 8790              the port to listen on
  --host 127.0.0.1         the address to listen on
  --site cn                the site to simulate: cn or com
  --key sk-simulator-0000  the API key it accepts
  --latency 1500           how long a generation takes, in milliseconds
  --images-per-minute 2    rate limit; answer 429 above it (default: no limit)
  --batch honoured         how batch_size is treated: honoured, ignored or refused
  --format png             the image format: png or jpeg
  --help                   this text

In a prompt, [slow 5] adds 5 seconds and [fail NAME] makes the request fail. Names:
  ${Object.keys(failures).join(' ')}
`;

class BadFlag extends Error {}

function oneOf<const Choice extends string>(
	flag: string,
	value: string,
	choices: readonly Choice[],
): Choice {
	const choice = choices.find((candidate) => candidate === value);
	if (choice === undefined) {
		throw new BadFlag(`--${flag} must be ${choices.join(' or ')}, not ${JSON.stringify(value)}.`);
	}
	return choice;
}

function wholeNumber(flag: string, value: string, largest: number): number {
	const number = Number(value);
	if (value.trim() === '' || !Number.isInteger(number) || number < 0 || number > largest) {
		throw new BadFlag(
			`--${flag} must be a whole number up to ${largest}, not ${JSON.stringify(value)}.`,
		);
	}
	return number;
}

function keyIn(value: string): string {
	if (value.trim() === '') throw new BadFlag('--key must not be empty.');
	return value;
}

function readFlags(args: string[]): SimulatorOptions | 'help' {
	const { values } = parseArgs({
		args,
		options: {
			port: { type: 'string', default: '8790' },
			host: { type: 'string', default: '127.0.0.1' },
			site: { type: 'string', default: 'cn' },
			key: { type: 'string', default: 'sk-simulator-0000' },
			latency: { type: 'string', default: '1500' },
			'images-per-minute': { type: 'string' },
			batch: { type: 'string', default: 'honoured' },
			format: { type: 'string', default: 'png' },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) return 'help';
	const perMinute = values['images-per-minute'];
	return {
		port: wholeNumber('port', values.port, 65_535),
		host: values.host,
		site: oneOf('site', values.site, ['cn', 'com']),
		apiKey: keyIn(values.key),
		latencyMs: wholeNumber('latency', values.latency, 3_600_000),
		limit:
			perMinute === undefined
				? undefined
				: { images: wholeNumber('images-per-minute', perMinute, 1_000_000), perMs: 60_000 },
		batchSize: oneOf('batch', values.batch, ['honoured', 'ignored', 'refused']),
		format: oneOf('format', values.format, ['png', 'jpeg']),
		logBodies: false,
	};
}

function describe(request: LoggedRequest): string {
	const {
		method,
		url,
		status,
		receivedAt,
		answeredAt = receivedAt,
		made,
		aborted,
		traceId,
	} = request;
	const path = url.split('?', 1)[0];
	const query = url.startsWith('/v1/') ? url.slice(path.length) : '';
	const parts = [
		new Date(receivedAt).toISOString().slice(11, 19),
		aborted ? 'client left' : (status ?? '-'),
		method,
		`${path}${query}`,
		`${answeredAt - receivedAt} ms`,
	];
	if (made > 0) parts.push(made === 1 ? '1 image' : `${made} images`);
	if (traceId !== undefined) parts.push(traceId);
	return parts.join('  ');
}

function welcome({ baseUrl, apiKey }: Simulator, site: string): string {
	return `SiliconFlow simulator (${site} site) at ${baseUrl}

In n8n, create a SiliconFlow Image API credential with
  Region    Custom
  Base URL  ${baseUrl}
  API Key   ${apiKey}

Press Ctrl-C to stop.
`;
}

async function main(): Promise<void> {
	const flags = readFlags(process.argv.slice(2));
	if (flags === 'help') return console.log(HELP);
	const simulator = await startSimulator({
		...flags,
		onAnswer: (request) => console.log(describe(request)),
	});
	console.log(welcome(simulator, flags.site ?? 'cn'));
	const end = () => void simulator.close();
	process.once('SIGINT', end);
	process.once('SIGTERM', end);
}

main().catch((error: NodeJS.ErrnoException) => {
	process.exitCode = 1;
	if (error.code === 'EADDRINUSE') {
		console.error('The port is in use. Use any free port: npm run simulator -- --port 0');
	} else if (error instanceof BadFlag || error.code?.startsWith('ERR_PARSE_ARGS')) {
		console.error(`${error.message}\nSee npm run simulator -- --help`);
	} else {
		console.error(error.message);
	}
});
