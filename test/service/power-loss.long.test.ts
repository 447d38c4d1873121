// What has been acknowledged depends on more than the record itself: on folders, names of files, credentials. All of
// it must be on the disk by then. strace tells what the service has synced, and in which order.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase } from '../support/database.js';
import { removeFolder } from '../support/files.mjs';
import { endLeftOverServer } from '../support/processes.js';
import { record } from '../support/records.js';
import { ACCESS, freePort, ServiceProcess, until } from '../support/service.js';
import {
  callsIn,
  Disk,
  firstAcknowledgement,
  hasStrace,
  type SystemCall,
  traced,
} from '../support/system-calls.js';

let folder: string;
let services: ServiceProcess[];
const trace = () => join(folder, 'trace');
/** Neither it nor the folders that lead to it are there before the service is. */
const dataDir = () => join(folder, 'new', 'newer', 'data');
const journalDir = () => join(folder, 'another', 'journal');

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'call-ledger-power-loss-')));
  services = [];
});
afterEach(async () => {
  for (const service of services) await service.end('SIGKILL');
  await endLeftOverServer(dataDir());
  await removeFolder(folder);
});

async function start(
  environment: Record<string, string> = {},
  under: readonly string[] = traced(trace()),
): Promise<ServiceProcess> {
  const service = ServiceProcess.start(dataDir(), await freePort(), environment, under);
  services.push(service);
  return service;
}

async function awayDatabase(): Promise<Record<string, string>> {
  return { ...ACCESS, DATABASE_URL: `postgres://nobody:nothing@127.0.0.1:${await freePort()}/nowhere` };
}

/** Pushes as soon as somebody takes it. */
async function pushed(service: ServiceProcess, callId: string): Promise<void> {
  await until('the push to be taken', async () => {
    const answer = await service.push([record(callId)]).catch(() => undefined);
    return answer?.status === 200;
  });
}

/** What a loss of power would take away at the moment of the first acknowledgement. */
function lostAtFirstAcknowledgement(matters: (path: string) => boolean): string[] {
  const calls = callsIn(trace());
  const moment = firstAcknowledgement(calls);
  expect(moment).toBeGreaterThan(0);
  return new Disk(calls.slice(0, moment)).lost((path) => path.startsWith(folder) && matters(path));
}

/** The server's own files are its own affair; its log, and the trace, may be lost. */
const isOurs = (path: string) =>
  !path.includes('/postgres/') && !/postgres\.log$|postgres\.new-|\/trial$|\/trace$/.test(path);

const traces = hasStrace ? describe : describe.skip;
if (!hasStrace) console.warn('SKIPPED: there is no strace here, which tells what was synced');

traces('When the first push is acknowledged', () => {
  it('the credentials, the cluster and all folders that lead to them are on the disk', async () => {
    const service = await (await start()).ready();
    await pushed(service, 'one');
    expect(await service.end('SIGTERM')).toBe(0);
    expect(lostAtFirstAcknowledgement(isOurs)).toEqual([]);
    const made = callsIn(trace()).filter(({ args }) => args.includes('/credentials.json"'));
    expect(made.map(({ name }) => name)).toContain('link');
  });

  it('the journal and all folders that lead to it are on the disk', async () => {
    const service = await start({ ...(await awayDatabase()), JOURNAL_DIR: journalDir() });
    await pushed(service, 'one');
    expect(await service.end('SIGTERM')).toBe(0);
    expect(lostAtFirstAcknowledgement(isOurs)).toEqual([]);
  });
});

traces('What a dead process left in the journal', () => {
  it('is on the disk in its new place, and a damaged segment in its copy, before the old one goes', async () => {
    const first = await start({ ...(await awayDatabase()), JOURNAL_DIR: journalDir() }, []);
    await pushed(first, 'damaged');
    await pushed(first, 'whole');
    await first.end('SIGKILL');
    const [left = ''] = readdirSync(journalDir());
    const [segment = ''] = readdirSync(join(journalDir(), left)).filter((name) => name.endsWith('.journal'));
    const path = join(journalDir(), left, segment);
    const bytes = readFileSync(path);
    bytes[20] = (bytes[20] ?? 0) ^ 0x55;
    writeFileSync(path, bytes);
    const database = await createDatabase();
    const next = await start({ ...ACCESS, DATABASE_URL: database.url, JOURNAL_DIR: journalDir() });
    await next.ready();
    await next.has('whole');
    expect(await next.end('SIGTERM')).toBe(0);
    await database.drop();

    const calls = callsIn(trace());
    expect(lostBefore(calls, ({ name, args }) => name === 'rmdir' && args.includes(left))).toEqual([]);
    expect(lostBefore(calls, ({ name, args }) => name === 'unlink' && args.includes(segment))).toEqual([]);
    expect(readFileSync(join(journalDir(), `${segment}.damaged`))).toEqual(bytes);
  });
});

function lostBefore(calls: readonly SystemCall[], isMoment: (call: SystemCall) => boolean): string[] {
  const moment = calls.findIndex(isMoment);
  expect(moment).toBeGreaterThan(0);
  return new Disk(calls.slice(0, moment)).lost((path) => path.startsWith(journalDir()) && isOurs(path));
}
