// Asks the registry for known vulnerabilities of what runs in production. Fails on one of `moderate` or more. A registry that
// has no such service, or can't be reached, is no fault of the code: that is said, and the check goes on.
import { spawnSync } from 'node:child_process';

const LEVELS = ['moderate', 'high', 'critical'];
const TIME_LIMIT_MS = 120_000;

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const { stdout, stderr, error } = spawnSync(npm, ['audit', '--omit=dev', '--json'], {
  encoding: 'utf8',
  timeout: TIME_LIMIT_MS,
  shell: process.platform === 'win32',
});
const report = parsed(stdout);
const counts = report?.metadata?.vulnerabilities;

if (counts === undefined) {
  const reason = report?.message ?? report?.error?.summary ?? error?.message ?? lastLine(stderr);
  console.warn(`audit: NOT DONE. The registry gave no answer about vulnerabilities: ${reason}`);
} else {
  const found = LEVELS.filter((level) => counts[level] > 0).map((level) => `${counts[level]} ${level}`);
  for (const { name, severity, via } of Object.values(report.vulnerabilities)) {
    // A text is the name of another vulnerable package that this one needs.
    const reasons = via.map((reason) => (typeof reason === 'string' ? `needs ${reason}` : reason.url));
    console.log(`audit: ${severity}: ${name}: ${reasons.join(', ')}`);
  }
  console.log(`audit: ${found.length === 0 ? 'nothing of moderate or more' : found.join(', ')}`);
  if (found.length > 0) process.exitCode = 1;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function lastLine(text) {
  return text?.trim().split('\n').at(-1) ?? '';
}
