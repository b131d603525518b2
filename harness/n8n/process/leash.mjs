// Runs one command and stops it when the parent process ends, however that happens: the pipe to
// standard input closes even after a kill -9. So no run leaves a server behind.
//
// argv: a JSON object {command, args, shell, signal, uid, gid}. The command's process id is sent over IPC if
// there is a channel.
import { spawn } from 'node:child_process';

const { command, args, shell = false, signal = 'SIGTERM', uid, gid } = JSON.parse(process.argv[2]);
const GRACE_MS = 15_000;

const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], shell, uid, gid });
child.once('error', ({ message }) => {
	console.error(message);
	process.exit(127);
});
child.once('exit', (status, endedBy) => process.exit(endedBy ? 128 : status));
if (child.pid) process.send?.({ pid: child.pid }, () => {});

function end() {
	child.kill(signal);
	setTimeout(() => child.kill('SIGKILL'), GRACE_MS).unref();
}

process.stdin.on('end', end).on('error', end).resume();
// The parent decides when to stop, so Ctrl-C in the terminal is ignored here.
process.on('SIGINT', () => {});
process.on('SIGTERM', end);
process.on('SIGHUP', end);
process.on('disconnect', end);
