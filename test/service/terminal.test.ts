// What a person sees who starts the service in a terminal, and ends it by Ctrl-C.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeFolder } from '../support/files.mjs';
import { endLeftOverServer } from '../support/processes.js';
import { programOrSkip } from '../support/programs.js';
import { type Credentials, freePort, until } from '../support/service.js';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
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

async function start(environment: Record<string, string> = {}): Promise<string> {
  const port = await freePort();
  const command = `exec '${process.execPath}' '${MAIN}'`;
  const started = spawn('script', ['--quiet', '--return', '--flush', '--command', command, '/dev/null'], {
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
    const url = await start();
    expect(output).toContain(`Console: ${url}/console`);
    expect(output).toContain(`Push URL for the vendor: ${url}/push/${token()}/call-reports\r\n`);
    expect(output).not.toContain(credentials().adminApiKey);
    const [, command = ''] = /^ +(node -p .*)\r$/m.exec(output) ?? [];
    const seen = spawnSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' });
    expect(seen.stdout.trim()).toBe(credentials().adminApiKey);
    expect(await pressCtrlC()).toBe(0);
    expect(output).toMatch(/Stop: Stopping …\r\n(?:.*\r\n)*.*Stop: Stopped\.\r\n$/);
  });

  it('a log that is written for machines holds no token there either', async () => {
    await start({ LOG_FORMAT: 'json' });
    expect(await pressCtrlC()).toBe(0);
    expect(output).toContain('/push/{token}/call-reports');
    expect(output).not.toContain(token());
  });
});
