import { Clone, isAlive, until } from './clone';

/** Set-up that is stopped, and several set-ups at once. */

let clone: Clone;
beforeEach(() => (clone = new Clone()));
afterEach(() => clone.remove());

describe('A signal', () => {
	it.each([
		['SIGINT', 130],
		['SIGTERM', 143],
		['SIGHUP', 129],
	] as const)('%s ends npm at once, and then the command', async (signal, status) => {
		const command = clone.start('sleep');
		await clone.waitForInstall();
		command.child.kill(signal);

		expect(await command.ended).toBe(status);
		expect(isAlive(clone.installs()[0].pid)).toBe(false);
		expect(clone.has('.setup-lock')).toBe(false);
		expect(await clone.run()).toMatchObject({ status: 0 });
		// What an interrupted npm leaves may be broken, so the next one begins with nothing.
		expect(clone.installs()[1].wasThere).toBe(false);
	});

	it('ends a command that waits for another one, and that one goes on', async () => {
		const first = clone.start('slow');
		await clone.waitForInstall();
		const second = clone.start();
		await until(() => second.printed().includes('waiting for it'));
		second.child.kill('SIGINT');

		expect(await second.ended).toBe('SIGINT');
		clone.add('go-on', '');
		expect(await first.ended).toBe(0);
		expect(clone.installs()).toHaveLength(1);
	});
});

it('A set-up that is killed leaves no npm, and the next command installs', async () => {
	const command = clone.start('sleep');
	await clone.waitForInstall();
	command.child.kill('SIGKILL');
	await command.ended;

	expect(await clone.run()).toMatchObject({ status: 0 });
	const [killed, next] = clone.installs();
	expect(isAlive(killed.pid)).toBe(false);
	expect(next.wasThere).toBe(false);
});

it('A second command says whom it waits for, and installs nothing', async () => {
	const first = clone.start('slow');
	await clone.waitForInstall();
	const second = clone.start();
	const waiting = `Another command (process ${first.child.pid}) is setting up this clone; waiting for it.`;
	await until(() => second.printed().includes(waiting));

	expect(second.printed()).toContain(waiting);
	expect(second.child.exitCode).toBeNull();
	clone.add('go-on', '');
	expect(await second.ended).toBe(0);
	expect(await first.ended).toBe(0);
	expect(clone.installs()).toHaveLength(1);
});

it('The lock of a process that is gone does not stop anyone', async () => {
	const { child, ended } = clone.start('fail');
	await ended;
	clone.add('.setup-lock/pid', String(child.pid));

	expect((await clone.run()).status).toBe(0);
	expect(clone.has('.setup-lock')).toBe(false);
});
