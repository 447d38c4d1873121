// `node scripts/at-most.mjs <minutes> <command …>`: runs a command, and ends it with all that it has started when it takes longer.
// Exits as the command does; with 124, and a line that says so, when it was ended.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { clearTimeout, setTimeout } from 'node:timers';

/** In which whoever is asked to end may put things away. */
const GRACE_MS = 10_000;

const [minutes, command, ...args] = process.argv.slice(2);
if (!(Number(minutes) > 0) || command === undefined)
  throw new Error('usage: node scripts/at-most.mjs <minutes> <command …>');

// A group of its own: what stops or ends the whole of it leaves this process to tell.
const child = spawn(command, args, { stdio: 'inherit', detached: true });
const endGroup = (signal) => {
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
};
let isLate = false;
let timer = setTimeout(
  () => {
    isLate = true;
    console.error(`${command} ${args.join(' ')}: ended, since it took longer than ${minutes} minutes`);
    endGroup('SIGTERM');
    timer = setTimeout(() => endGroup('SIGKILL'), GRACE_MS);
  },
  Number(minutes) * 60_000,
);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => endGroup(signal));

child.once('error', (error) => {
  clearTimeout(timer);
  console.error(String(error));
  process.exitCode = 127;
});
child.once('exit', (code, signal) => {
  clearTimeout(timer);
  // Others of its group may have stayed.
  if (isLate) endGroup('SIGKILL');
  process.exitCode = isLate ? 124 : (code ?? 128 + constants.signals[signal]);
});
