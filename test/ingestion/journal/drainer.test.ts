import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Keeper } from '../../../src/ingestion/keeper.js';
import { startLedger, type TestLedger } from '../../support/ledger.js';
import { record } from '../../support/records.js';
import { until } from '../../support/service.js';
import { TcpProxy } from '../../support/tcp-proxy.js';

const PUSHES = 40;
const PUSH_BYTES = 50_000;
const MOST_BYTES_IN_TURN = 300_000;

let folder: string;
let proxy: TcpProxy;
let ledger: TestLedger;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-drainer-'));
  ledger = await startLedger({ JOURNAL_DIR: folder }, async (url) => {
    proxy = await TcpProxy.before(Number(new URL(url).port));
    return proxy.through(url);
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await ledger.stop();
  await proxy.refuse();
  rmSync(folder, { recursive: true, force: true });
});

it('A long journal is tried, and drained, in small parts: pushes that arrive meanwhile do not wait until it is read', async () => {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its object below
  const writeAsEver = Keeper.prototype.write;
  let inTurn = 0;
  let most = 0;
  const write = vi.spyOn(Keeper.prototype, 'write').mockImplementation(function (this: Keeper, delivery) {
    inTurn += delivery.body.length;
    most = Math.max(most, inTurn);
    setImmediate(() => (inTurn = 0));
    return writeAsEver.call(this, delivery);
  });
  await proxy.refuse();
  for (let index = 0; index < PUSHES; index += 1) {
    const answer = await ledger.push([record(`call-${index}`, { outId: 'x'.repeat(PUSH_BYTES) })]);
    expect(answer.status).toBe(200);
  }
  const tries = write.mock.calls.length;
  await until('another try', () => write.mock.calls.length > tries);
  await proxy.acceptAgain();
  await until('all to be drained', async () => {
    const [row] = await ledger.database.query<{ count: number }>('SELECT count(*)::int AS count FROM calls');
    return row?.count === PUSHES;
  });
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThan(MOST_BYTES_IN_TURN);
});
