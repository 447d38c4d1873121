// `node scripts/at-most.mjs <minutes> <command …>` runs a command. If it takes longer, the script ends it with all
// processes that it has started, says so, and exits with 124. Otherwise it exits with the command's code.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { clearTimeout, setTimeout } from 'node:timers';

/** The time between SIGTERM and SIGKILL, in which the processes may clean up. */
const GRACE_MS = 10_000;

const [minutes, command, ...args] = process.argv.slice(2);
if (!(Number(minutes) > 0) || command === undefined)
  throw new Error('usage: node scripts/at-most.mjs <minutes> <command …>');

// The command gets a process group of its own. A signal to this group does not reach this process, which reports
// the end.
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
    console.error(`${command} ${args.join(' ')}: ended because it took longer than ${minutes} minutes`);
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
  // Other processes of its group may still run.
  if (isLate) endGroup('SIGKILL');
  process.exitCode = isLate ? 124 : (code ?? 128 + constants.signals[signal]);
});
