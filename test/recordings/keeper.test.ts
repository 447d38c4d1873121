// Announced recordings are downloaded in the background, from a real server that fails now and then.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { FILE_KEY } from '../../src/persistence/sql/delete-recordings.js';
import { API_KEY, PUSH_TOKEN, startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';
import { askFor, erased } from '../privacy/erasing.js';

let server: Server;
let origin: string;
let folder: string;
let ledger: TestLedger;
const files = new Map<string, Buffer>();
const asked = new Map<string, number>();

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const times = (asked.get(path) ?? 0) + 1;
    asked.set(path, times);
    const file = files.get(path);
    if (file === undefined) response.writeHead(404).end();
    // Every third file fails at first.
    else if (times === 1 && files.size > 1 && [...files.keys()].indexOf(path) % 3 === 0)
      response.writeHead(200, { 'content-length': file.length }).write('half', () => response.destroy());
    else response.writeHead(200, { 'content-type': 'audio/wav', 'content-length': file.length }).end(file);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-recordings-'));
  ledger = await startLedger({ RECORDING_STORE: folder, RECORDING_ALLOW_HOSTS: '127.0.0.1' });
});
afterAll(async () => {
  await ledger.stop();
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

const announce = async (records: unknown) => {
  const body = JSON.stringify(records);
  const answer = await ledger.request(`/push/${PUSH_TOKEN}/call-recordings`, { method: 'POST', body });
  expect(answer.status).toBe(200);
};
interface Row {
  readonly call_id: string;
  readonly state: string;
  readonly file: string | null;
  readonly reason: string | null;
  readonly tries: number;
  readonly record_file: string;
}
const rows = () => ledger.database.query<Row>('SELECT * FROM call_recordings ORDER BY call_id');
const kept = () =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'ledger-id')
    .map((entry) => join(entry.parentPath, entry.name));

it('All are kept byte for byte, each once, and what can not be kept says why', async () => {
  for (let index = 0; index < 12; index += 1) files.set(`/${index}.wav`, randomBytes(1000 + index));
  const records = [...files.keys()].map((path) => ({
    callId: `call ${basename(path)}`,
    recordFile: `${origin}${path}?Signature=s`,
  }));
  await announce([...records, { callId: 'gone', recordFile: `${origin}/gone.wav` }]);
  await announce([{ callId: 'inside', recordFile: 'http://169.254.169.254/latest' }]);
  await until('the recordings to be kept', async () => {
    const all = await rows();
    return all.filter(({ state }) => state === 'kept').length === 12 && all.every(({ tries }) => tries > 0);
  });
  for (const { call_id, file, state } of (await rows()).filter((row) => row.call_id.startsWith('call'))) {
    expect([call_id, state]).toEqual([call_id, 'kept']);
    const wanted = files.get(`/${call_id.replace('call ', '')}`);
    expect(readFileSync(join(folder, file ?? '')).equals(wanted ?? Buffer.of())).toBe(true);
  }
  expect(kept()).toHaveLength(12);
  // An erasure makes the key of a download that did not end in SQL.
  const others = await ledger.database.query(
    `SELECT call_id, file FROM call_recordings WHERE state = 'kept' AND file <> ${FILE_KEY}`,
  );
  expect(others).toEqual([]);
  expect(await rows()).toContainEqual(
    expect.objectContaining({ call_id: 'gone', state: 'failed', reason: expect.stringContaining('404') }),
  );
  expect(await rows()).toContainEqual(
    expect.objectContaining({
      call_id: 'inside',
      state: 'failed',
      reason: expect.stringContaining('not allowed'),
    }),
  );
  expect(JSON.stringify((await rows()).map(({ reason }) => reason))).not.toContain('Signature');
});

it('A new signature is taken over, and a new file takes the place of the old one', async () => {
  files.set('/late.wav', randomBytes(10));
  await announce([{ callId: 'late', recordFile: `${origin}/late.wav?Signature=1` }]);
  await until('the file', async () =>
    (await rows()).some((row) => row.call_id === 'late' && row.state === 'kept'),
  );
  const before = kept();
  await announce([{ callId: 'late', recordFile: `${origin}/late.wav?Signature=2` }]);
  const late = async () => (await rows()).find((row) => row.call_id === 'late');
  expect(await late()).toMatchObject({ state: 'kept', record_file: expect.stringContaining('Signature=2') });
  files.set('/other.wav', randomBytes(20));
  await announce([{ callId: 'late', recordFile: `${origin}/other.wav` }]);
  await until('the new file', async () => (await late())?.state === 'kept');
  await until('the old file to go', () => kept().length === before.length);
  expect(readFileSync(join(folder, (await late())?.file ?? ''))).toHaveLength(20);
});

it('A kept file can be heard, whole and in parts, by keys that may, and each time is noted', async () => {
  files.set('/heard.wav', randomBytes(200_000));
  await ledger.push([record('heard'), record('waiting')]);
  await announce([
    { callId: 'heard', recordFile: `${origin}/heard.wav` },
    { callId: 'waiting', recordFile: `${origin}/nowhere.wav` },
  ]);
  await until('the file', async () =>
    (await rows()).some((row) => row.call_id === 'heard' && row.state === 'kept'),
  );
  const file = files.get('/heard.wav') ?? Buffer.of();
  const ask = (callId: string, headers: Record<string, string> = {}) =>
    fetch(`${ledger.url}/v1/calls/${callId}/recording`, {
      headers: { authorization: `Bearer ${API_KEY}`, ...headers },
    });
  const whole = await ask('heard');
  expect([whole.status, whole.headers.get('content-type')]).toEqual([200, 'audio/wav']);
  expect(Buffer.from(await whole.arrayBuffer()).equals(file)).toBe(true);
  const part = await ask('heard', { range: 'bytes=1000-1999' });
  expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 1000-1999/200000']);
  expect(Buffer.from(await part.arrayBuffer()).equals(file.subarray(1000, 2000))).toBe(true);
  const etag = whole.headers.get('etag') ?? '';
  expect((await ask('heard', { 'if-none-match': etag })).status).toBe(304);
  expect((await ask('heard', { range: 'bytes=200000-' })).status).toBe(416);
  const missing = await ask('waiting');
  expect([missing.status, await missing.text()]).toEqual([
    404,
    expect.stringContaining('could not be downloaded yet'),
  ]);
  expect((await ask('unknown')).status).toBe(404);
  const { body } = await ledger.get('/v1/audit-events?action=recording.read');
  expect((body as { data: object[] }).data).toHaveLength(4);
  // A file that was changed is never sent to its end.
  const heard = (await rows()).find((row) => row.call_id === 'heard');
  writeFileSync(join(folder, heard?.file ?? ''), randomBytes(200_000));
  await expect((await ask('heard')).arrayBuffer()).rejects.toThrow();
});

it('The file of an erased call is gone when the erasure is done', async () => {
  files.set('/erased.wav', randomBytes(30));
  await ledger.push([record('erased', { callee: '13900000061' })]);
  await announce([{ callId: 'erased', recordFile: `${origin}/erased.wav` }]);
  const erasedRow = async () => (await rows()).find((row) => row.call_id === 'erased');
  await until('the file', async () => (await erasedRow())?.state === 'kept');
  const before = kept();
  await erased(ledger.url, await askFor(ledger.url, '13900000061'));
  expect(await erasedRow()).toBeUndefined();
  expect(kept()).toHaveLength(before.length - 1);
  // Its report comes anew, and so does the recording.
  await ledger.push([record('erased', { callee: '13900000062' })]);
  await announce([{ callId: 'erased', recordFile: `${origin}/erased.wav` }]);
  await until('the file', async () => (await erasedRow())?.state === 'kept');
  expect(kept()).toHaveLength(before.length);
});
