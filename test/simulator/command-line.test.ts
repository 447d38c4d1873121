import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VendorApi } from '../../src/vendor-api/vendor-api.js';
import { freePort, until } from '../support/service.js';
import { SimulatorProgram } from './command.js';
import { FakeLedger } from './fake-ledger.js';
import { Receiver } from './receiver.js';

const ACCESS = ['--token', 'a-token-of-16-characters', '--api-key', 'key', '--time-out', '20000'];

let program: SimulatorProgram;

beforeAll(() => {
  program = new SimulatorProgram();
});

afterAll(() => {
  program.remove();
});

function lastLine(stdout: string): unknown {
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
}

describe('the command', () => {
  test('prints help', async () => {
    const { exitCode, stdout, stderr } = await program.run(['--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Usage: npm run simulate -- [options]');
    expect(stderr).toBe('');
  });

  test('ends with code 2 and every problem when the options are wrong', async () => {
    const { exitCode, stdout, stderr } = await program.run(['--calls', 'many', '--brokn', '0.1']);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    for (const problem of ['--calls must be', 'unknown option --brokn', 'no push token']) {
      expect(stderr).toContain(problem);
    }
  });

  test('pushes, verifies, and ends with 0 and a summary for people and machines', async () => {
    const ledger = await FakeLedger.listening();
    const faults = '--duplicates 0.1 --corrections 0.1 --broken 0.1 --strange 0.3 --seed abc'.split(' ');
    const args = [
      '--url',
      ledger.url,
      ...ACCESS,
      '--calls',
      '200',
      '--batch-size',
      '10',
      ...faults,
      '--verify',
      '--json',
    ];
    const { exitCode, stdout } = await program.run(args);
    await ledger.close();
    expect(exitCode).toBe(0);
    expect(stdout).toContain('seed abc');
    expect(stdout).toContain('200 calls acknowledged, 200 found, 0 missing, 0 double, 0 wrong');
    expect(lastLine(stdout)).toMatchObject({
      seed: 'abc',
      calls: 200,
      interrupted: false,
      exitCode: 0,
      faults: 0,
      verification: { acknowledged: 200, found: 200, missing: 0, double: 0, wrong: 0 },
      pushes: { retries: 0, givenUp: 0, timedOut: 0 },
    });
    expect(ledger.rows.size).toBe(200);
  });

  test('ends with 1 when an acknowledged call is lost', async () => {
    const ledger = await FakeLedger.listening({
      store: (row) => (String(row.callId).endsWith('0007') ? undefined : row),
    });
    const args = [
      '--url',
      ledger.url,
      ...ACCESS,
      '--calls',
      '50',
      '--verify',
      '--verify-timeout',
      '0.2',
      '--json',
    ];
    const { exitCode, stdout } = await program.run(args);
    await ledger.close();
    expect(exitCode).toBe(1);
    expect(lastLine(stdout)).toMatchObject({
      exitCode: 1,
      verification: { missing: 1, double: 0, wrong: 0 },
    });
  });

  test('stops at SIGINT, prints what was done so far and ends with 130', async () => {
    let interrupt: () => void = () => undefined;
    const receiver = await Receiver.listening(() => {
      if (receiver.arrivals.length === 5) interrupt();
      return 'ok';
    });
    const args = [
      '--url',
      receiver.url,
      ...ACCESS,
      '--calls',
      '1000000',
      '--rate',
      '2000',
      '--verify',
      '--json',
    ];
    const { exitCode, stdout } = await program.run(args, (kill) => {
      interrupt = () => {
        kill('SIGINT');
      };
    });
    await receiver.close();
    expect(exitCode).toBe(130);
    expect(stdout).toContain('(interrupted)');
    const summary = lastLine(stdout);
    expect(summary).toMatchObject({ interrupted: true, verification: null, exitCode: 130 });
    expect(summary).toMatchObject({ records: { acknowledged: receiver.arrivals.length * 100 } });
  });

  test("serves the vendor's query API until SIGINT, and then ends with the result of the run", async () => {
    const ledger = await FakeLedger.listening();
    const port = await freePort();
    const access = { accessKeyId: 'id', accessKeySecret: 'secret', securityToken: undefined };
    const api = new VendorApi(
      { ...access, endpoint: `http://127.0.0.1:${port}` },
      { requestsPerSecond: 1000 },
    );
    const states = async () => {
      const found: string[] = [];
      for await (const { status, totalCallCount } of api.tasks(new AbortController().signal))
        found.push(`${status} ${String(totalCallCount)}`);
      return found.join();
    };
    const args = ['--url', ledger.url, ...ACCESS, '--calls', '200', '--tasks', '1', '--unpushed', '0.5'];
    let stop: () => void = () => undefined;
    const end = program.run([...args, '--serve-api', String(port), '--json'], (kill) => {
      stop = () => {
        kill('SIGINT');
      };
    });
    await until('all is pushed', async () => (await states()) === 'stopped 200');
    const taken = await program.run([...args, '--serve-api', String(port)]);
    stop();
    const { exitCode, stdout, stderr } = await end;
    await ledger.close();
    expect([exitCode, lastLine(stdout)]).toEqual([0, expect.objectContaining({ exitCode: 0, calls: 200 })]);
    const { unpushed } = lastLine(stdout) as { unpushed: number };
    expect(unpushed).toBeGreaterThan(40);
    expect(ledger.rows.size).toBe(200 - unpushed);
    expect(stdout).toContain(`Simulated 200 calls (${unpushed} of them never pushed)`);
    expect(stderr).toContain(`The vendor's query API listens on http://127.0.0.1:${port} until Ctrl-C`);
    expect([taken.exitCode, taken.stderr]).toEqual([
      2,
      expect.stringContaining(`--serve-api can't listen on port ${port} (EADDRINUSE)`),
    ]);
  });
});
