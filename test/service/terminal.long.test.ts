// What a person sees who starts the service in a terminal, and ends it by Ctrl-C.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeFolder } from '../support/files.mjs';
import { endLeftOverServer } from '../support/processes.js';
import { programOrSkip } from '../support/programs.js';
import { type Credentials, freePort, until } from '../support/service.js';

/** What `npm start` runs. */
const MAIN = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url));
const PROGRESS = new URL('../../scripts/progress.mjs', import.meta.url).href;
/** Of util-linux: runs a command in a terminal of its own. */
const hasTerminal = process.platform === 'linux' && programOrSkip('script', 'bsdutils') !== undefined;
const CTRL_C = '\u0003';

/** A shell takes its quotation mark for its own. */
const DATA = "it's data";

let folder: string;
let terminal: ChildProcess | undefined;
let output: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-terminal-'));
  output = '';
});
afterEach(async () => {
  await pressCtrlC();
  await endLeftOverServer(join(folder, DATA));
  await removeFolder(folder);
});

const inTerminal = (command: string) => [
  ...['--quiet', '--return', '--flush'],
  ...['--command', command, '/dev/null'],
];

async function start(environment: Record<string, string> = {}): Promise<string> {
  const port = await freePort();
  const command = `exec '${process.execPath}' '${MAIN}'`;
  const started = spawn('script', inTerminal(command), {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', PORT: String(port), DATA_DIR: DATA, ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  started.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  terminal = started;
  await until(
    () => `the start message; it printed ${output}`,
    () => output.includes('Call Ledger is ready.') && output.includes('embedded PostgreSQL in'),
  );
  return `http://127.0.0.1:${port}`;
}

/** @returns the exit code */
async function pressCtrlC(): Promise<number | null> {
  const ending = terminal;
  terminal = undefined;
  if (ending === undefined || ending.exitCode !== null) return null;
  const closed = once(ending, 'close');
  ending.stdin?.write(CTRL_C);
  await closed;
  return ending.exitCode;
}

const credentials = () =>
  JSON.parse(readFileSync(join(folder, DATA, 'credentials.json'), 'utf8')) as Credentials;
const token = () => credentials().pushTokens.replace('vendor=', '');

(hasTerminal ? describe : describe.skip)('In a terminal', () => {
  it('the first start hands the push URL over, says how to see the key, and Ctrl-C says that all has stopped', async () => {
    const url = await start({ DISPLAY: ':0' });
    expect(output).toContain(`Console: ${url}/console`);
    expect(output).toContain(`Push URL for the vendor: ${url}/push/${token()}/call-reports\r\n`);
    expect(output).not.toContain(credentials().adminApiKey);
    // What it does, in a few short lines; what follows is the start message.
    const [told = ''] = output.split('\r\n\r\nCall Ledger is ready.');
    expect(told.split('\r\n')).toEqual([
      'Starting Call Ledger …',
      expect.stringMatching(/^Making a new PostgreSQL 18 database in /),
      expect.stringMatching(/^Starting PostgreSQL 18 /),
      expect.stringMatching(/^\d+ migrations done$/),
    ]);
    expect(output).toContain('to copy it, append: | xclip -selection clipboard\r\n');
    const [, command = ''] = /^ +(node -p .*)\r$/m.exec(output) ?? [];
    const seen = spawnSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' });
    expect(seen.stdout.trim()).toBe(credentials().adminApiKey);
    expect(await pressCtrlC()).toBe(0);
    expect(output).toMatch(/Stopping …\r\n(?:.*\r\n)*Stopped\.\r\n$/);
  });

  it('a log that is written for machines holds no token there either', async () => {
    await start({ LOG_FORMAT: 'json' });
    expect(await pressCtrlC()).toBe(0);
    expect(output).toContain('/push/{token}/call-reports');
    expect(output).not.toContain(token());
  });

  it('a long step says for how many seconds it is at work, though it blocks', () => {
    const step = "spawnSync('sleep', ['1.6']); return 7;";
    const program = `import { spawnSync } from 'node:child_process'; import { tell, withProgress } from '${PROGRESS}';
      const got = withProgress('  at work', () => { ${step} }); tell('Got ' + got, 'Build');`;
    writeFileSync(join(folder, 'step.mjs'), program);
    const command = `'${process.execPath}' step.mjs`;
    const shown = spawnSync('script', inTerminal(command), { cwd: folder, encoding: 'utf8' });
    const lines = shown.stdout.split('\r').map((line) => line.replace('\u001b[2K', ''));
    expect(lines).toEqual(expect.arrayContaining(['  at work … 0 s', '  at work … 1 s']));
    // The line goes away.
    expect(shown.stdout.endsWith('\r\u001b[2KGot 7\r\n')).toBe(true);
    const piped = spawnSync(process.execPath, ['step.mjs'], { cwd: folder, encoding: 'utf8' });
    expect(piped.stderr).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ INFO {2}Build: Got 7\n$/);
  });
});
