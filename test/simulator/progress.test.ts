// What a person sees in a terminal while the simulator runs.
import { afterAll, describe, expect, test } from 'vitest';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { barLine } from '../../simulator/reporting/progress.js';
import { programOrSkip } from '../support/programs.js';
import { freePort } from '../support/service.js';
import { SimulatorProgram } from './command.js';
import { FakeLedger } from './fake-ledger.js';

const COLUMNS = 80;
/** Of util-linux: runs a command in a terminal of its own. */
const hasTerminal = process.platform === 'linux' && programOrSkip('script', 'bsdutils') !== undefined;

describe('the bar', () => {
  const state = { stage: 'verifying', done: 50, total: 100, remark: '1234 pushes taken, 12 failed' } as const;

  test('fits the terminal, and leaves out what has no room in it', () => {
    for (const columns of [60, 80, 110, 200]) {
      for (const total of [100, 10_000, 1_000_000, 100_000_000]) {
        const line = barLine({ ...state, done: total, total }, columns);
        expect([columns, total, line.length < columns]).toEqual([columns, total, true]);
        expect(line).toContain(`] 100 %, ${total} of ${total} calls`);
      }
    }
    expect(barLine(state, 110)).toMatch(
      /^verifying \[=+-+\] 50 %, 50 of 100 calls, 1234 pushes taken, 12 failed$/,
    );
    expect(barLine(state, 50)).not.toContain('pushes');
    expect(barLine(state, 0)).toBe(barLine(state, 80));
  });

  test('is full when all is done, and not before', () => {
    const barOf = (done: number) => /\[(.*)\] (\d+) %/.exec(barLine({ ...state, done, total: 1000 }, 80));
    expect(barOf(0)?.slice(1)).toEqual([expect.stringMatching(/^-+$/), '0']);
    expect(barOf(999)?.[2]).toBe('99');
    expect(barOf(1000)?.slice(1)).toEqual([expect.stringMatching(/^=+$/), '100']);
  });
});

describe('in a terminal', () => {
  const program = new SimulatorProgram();
  afterAll(() => {
    program.remove();
  });

  async function outputOf(args: readonly string[]): Promise<string> {
    const command = `stty cols ${COLUMNS}; '${process.execPath}' '${program.path}' ${args.join(' ')}`;
    const terminal = spawn('script', ['--quiet', '--return', '--flush', '--command', command, '/dev/null'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    terminal.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await once(terminal, 'close');
    return output;
  }

  (hasTerminal ? test : test.skip)('both bars end at 100 % and fit it', async () => {
    const ledger = await FakeLedger.listening();
    const access = ['--token', 'a-token-of-16-characters', '--api-key', 'key', '--time-out', '20000'];
    const output = await outputOf(['--url', ledger.url, ...access, '--calls', '500', '--verify']);
    await ledger.close();
    // eslint-disable-next-line no-control-regex -- what a terminal is told beside the text
    const drawn = output.replaceAll(/\u001b\[[0-9;?]*[A-Za-z]|\u001b[78]/g, '\n').split(/[\r\n]+/);
    for (const stage of ['pushing', 'verifying']) {
      const lines = drawn.filter((line) => line.startsWith(`${stage} [`));
      expect(lines.at(-1)).toMatch(/ 100 %, 500 of 500 calls/);
      for (const line of lines) expect(line.length).toBeLessThan(COLUMNS);
    }
  });

  (hasTerminal ? test : test.skip)('a service that is not started is asked for', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const rest = ['--calls', '1', '--max-retries', '0', '--token', 'a-token-of-16-characters'];
    expect(await outputOf(['--url', url, ...rest])).toContain(
      'ECONNREFUSED (no retry left). Is the service started (npm start)?',
    );
  });
});
