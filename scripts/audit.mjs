// Asks the registry for known vulnerabilities of the packages that run in production. Fails if there is one of
// severity `moderate` or above. If the registry has no such service, or can't be reached, the script says so and
// does not fail, because that is no fault of the code.
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
    // A reason that is a text is the name of another vulnerable package, which this one needs.
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
