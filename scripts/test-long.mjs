// `npm run test:long`: the tests in their long forms, one part after the other, and a table of what became of them.
// `-- <part>…` runs only these parts; `--list` tells what there is. A word with a slash is a path of tests, which are run instead of a
// part's own; other options are Vitest's. Settings that the environment has stand over those of a part:
// CRASH_SERVICE_KILLS=3 …
import '../src/node-version.mjs';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { countsIn } from './test-counts.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const ATTACK_TESTS = [
  'test/attack',
  'test/workers',
  'test/http/shared-answers',
  'test/ingestion/slow-bodies',
  'test/ingestion/body-limits',
  'test/security/key-streams',
  'test/security/client-address',
  'test/security/number-searches',
  'test/security/masking',
  'test/privacy/spellings',
  'test/numbers',
];
const CRASHES = {
  CRASH_SERVICE_KILLS: '100',
  CRASH_DATABASE_KILLS: '20',
  OUTAGE_SECONDS: '120',
  ROLLING_ROUNDS: '10',
};

/** `minutes` is when a part is ended. `isOnGivenServer`: on TEST_DATABASE_URL, on which no other part runs. `node`: a version of Node.js. */
const PARTS = [
  { name: 'suite', what: 'all tests, in their exhaustive forms', minutes: 120, set: { TEST_FORM: 'long' } },
  {
    name: 'model',
    what: '5,000 random operations over 20 seeds, compared with a reference',
    minutes: 60,
    set: { MODEL_SEEDS: '20', MODEL_OPERATIONS: '5000' },
    tests: ['test/model'],
  },
  {
    name: 'attack',
    what: '10,000 bodies that try to use up time and memory',
    minutes: 90,
    set: { ATTACK_BODIES: '10000' },
    tests: ATTACK_TESTS,
  },
  {
    name: 'crash',
    what: '100 kills of the service and 20 of the database, an outage of 2 minutes, 30 rolling restarts',
    minutes: 90,
    set: CRASHES,
    tests: ['test/crash', 'test/many-processes/rolling-restart.system.test.ts'],
  },
  {
    name: 'fuzz',
    what: '100,000 broken bodies',
    minutes: 90,
    set: { FUZZ_BODIES: '100000' },
    tests: ['test/fuzz'],
  },
  {
    name: 'console',
    what: 'the console and the page of the API in a browser',
    minutes: 45,
    set: { CONSOLE_BROWSER: 'any' },
    tests: ['test/console', 'test/openapi/docs-page'],
  },
  {
    name: 'containers',
    what: 'the image, Compose and the pods of Kubernetes, run by podman, and attacks on the memory of a container',
    minutes: 60,
    set: { CONTAINERS: 'all', CONTAINER_ATTACKS: 'all' },
    tests: ['test/containers'],
    options: ['--maxWorkers=1'],
  },
  {
    name: 'given-server',
    what: 'all tests on the server or Citus cluster of TEST_DATABASE_URL',
    minutes: 120,
    isOnGivenServer: true,
    options: ['--maxWorkers=1'],
  },
  { name: 'node-20.19.0', what: 'all tests on the oldest Node.js', minutes: 60, node: '20.19.0' },
  { name: 'node-22', what: 'all tests on the newest Node.js 22', minutes: 60, node: '22' },
  { name: 'node-24', what: 'all tests on the newest Node.js 24', minutes: 60, node: '24' },
];

const isWindows = process.platform === 'win32';
const npm = isWindows ? 'npm.cmd' : 'npm';
const given = process.argv.slice(2);
const options = given.filter((word) => word.startsWith('-') && word !== '--list');
const paths = given.filter((word) => !word.startsWith('-') && word.includes('/'));
const names = given.filter((word) => !word.startsWith('-') && !word.includes('/'));
const unknown = names.filter((name) => !PARTS.some((part) => part.name === name));

if (given.includes('--list') || unknown.length > 0) {
  if (unknown.length > 0) console.error(`There is no part ${unknown.join(', ')}. There are:`);
  for (const { name, what, minutes } of PARTS)
    console.log(`${name.padEnd(14)} ${what} (at most ${minutes} minutes)`);
  process.exit(unknown.length > 0 ? 2 : 0);
}

/** The package that brings Node.js's program for this machine is named so. */
function nodePackage() {
  const prefix = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
  return [prefix, isWindows ? 'win' : process.platform, process.arch].join('-');
}

/** @returns the folder of the program `node` of that version */
function installNode(version, folder) {
  const name = nodePackage();
  const args = ['install', '--silent', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund'];
  const { status } = spawnSync(npm, [...args, `${name}@${version}`], { stdio: 'inherit', shell: isWindows });
  if (status !== 0) throw new Error(`npm could not install ${name}@${version}`);
  const manifest = join(folder, 'node_modules', name, 'package.json');
  const program = join(dirname(manifest), JSON.parse(readFileSync(manifest, 'utf8')).bin.node);
  console.log(`Node.js ${spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout.trim()}`);
  return dirname(program);
}

/** What a part's tests find in their environment. */
function environmentOf(part, folder) {
  const { TEST_DATABASE_URL, DATABASE_DISTRIBUTED, ...environment } = { ...part.set, ...process.env };
  if (part.isOnGivenServer) return { TEST_DATABASE_URL, DATABASE_DISTRIBUTED, ...environment };
  if (part.node !== undefined)
    environment.PATH = `${installNode(part.node, folder)}${delimiter}${process.env.PATH}`;
  return environment;
}

/** Runs a part's tests. @returns the file with the runner's result; undefined: they were ended, or did not start */
async function runTests(part, folder) {
  const results = join(folder, 'results.json');
  const tests = paths.length > 0 ? paths : (part.tests ?? []);
  const isGiven = (option) => options.some((other) => other.split('=')[0] === option.split('=')[0]);
  const own = (part.options ?? []).filter((option) => !isGiven(option));
  const atMost = [join(ROOT, 'scripts/at-most.mjs'), String(part.minutes)];
  const child = spawn(
    process.execPath,
    [...atMost, npm, 'test', '--', '--mode=long', ...own, ...options, ...tests],
    {
      cwd: ROOT,
      env: { ...environmentOf(part, folder), TEST_RESULTS: results },
      stdio: 'inherit',
    },
  );
  running = child;
  await new Promise((resolve) => child.once('exit', resolve));
  running = undefined;
  return existsSync(results) ? results : undefined;
}

function outcomeOf(results) {
  if (results === undefined) return { passed: 0, failed: 1, skipped: 0, remark: 'ended without a result' };
  const counts = countsIn(results);
  return { ...counts, remark: counts.total === 0 ? 'there are no such tests' : '' };
}

async function run(part) {
  if (part.isOnGivenServer && process.env.TEST_DATABASE_URL === undefined) {
    const remark = 'not run: there is no TEST_DATABASE_URL';
    // Whoever asks for this part wants it run.
    return { minutes: 0, passed: 0, failed: names.includes(part.name) ? 1 : 0, skipped: 0, remark };
  }
  console.log(`\n=== ${part.name}: ${part.what}`);
  const folder = mkdtempSync(join(tmpdir(), 'call-ledger-test-long-'));
  // Tests start the program of Node.js in it as other users, too.
  chmodSync(folder, 0o755);
  const begin = performance.now();
  let outcome;
  try {
    outcome = outcomeOf(await runTests(part, folder));
  } catch (error) {
    outcome = { ...outcomeOf(undefined), remark: error.message };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { minutes: (performance.now() - begin) / 60_000, ...outcome };
}

function line(part, minutes, passed, failed, skipped, remark) {
  const numbers = [minutes, passed, failed, skipped].map((value) => String(value).padStart(8)).join('');
  return `${part.padEnd(14)}${numbers}  ${remark}`.trimEnd();
}

/** The part that is being tested, and the signal that has asked for the end. */
let running;
let ended;
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => {
    // A terminal sends SIGINT to all of its processes itself.
    if (signal === 'SIGTERM') running?.kill(signal);
    ended = signal;
  });

const outcomes = [];
for (const part of PARTS.filter(({ name }) => names.length === 0 || names.includes(name))) {
  if (ended === undefined) outcomes.push({ name: part.name, ...(await run(part)) });
}

console.log(`\n${line('part', 'minutes', 'passed', 'failed', 'skipped', '')}`);
for (const { name, minutes, passed, failed, skipped, remark } of outcomes)
  console.log(line(name, minutes.toFixed(1), passed, failed, skipped, remark));
if (ended !== undefined) console.log(`Ended by ${ended}: the parts after this were not run.`);
process.exitCode = ended !== undefined || outcomes.some(({ failed }) => failed > 0) ? 1 : 0;
