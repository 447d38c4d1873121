// A loss of power may empty or break the file with the generated credentials, and a person may remove it. Whatever
// was acknowledged stays in reach, and the service goes on with new credentials.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeFolder } from '../support/files.mjs';
import { partOf } from '../support/form.js';
import { endLeftOverServer } from '../support/processes.js';
import { record } from '../support/records.js';
import { type Credentials, freePort, ServiceProcess, until } from '../support/service.js';
import { usedDataDir } from '../support/templates.js';

let folder: string;
let services: ServiceProcess[];
const dataDir = () => join(folder, 'data');
const file = () => join(dataDir(), 'credentials.json');

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-lost-credentials-'));
  services = [];
  await usedDataDir(dataDir());
});
afterEach(async () => {
  for (const service of services) await service.end('SIGKILL');
  await endLeftOverServer(dataDir());
  await removeFolder(folder);
});

async function start(): Promise<ServiceProcess> {
  const service = ServiceProcess.start(dataDir(), await freePort());
  services.push(service);
  return service;
}

const credentials = () => JSON.parse(readFileSync(file(), 'utf8')) as Credentials;
const tokenIn = ({ pushTokens }: Credentials) => pushTokens.replace('vendor=', '');

async function statusWith(service: ServiceProcess, { pushTokens, ...rest }: Credentials): Promise<number[]> {
  const push = { method: 'POST', body: '[]' };
  const pushed = await fetch(`${service.url}/push/${tokenIn({ pushTokens, ...rest })}/call-reports`, push);
  const headers = { authorization: `Bearer ${rest.adminApiKey}` };
  return [pushed.status, (await fetch(`${service.url}/v1/calls`, { headers })).status];
}

const FATES: readonly (readonly [string, () => void])[] = [
  [
    'emptied',
    () => {
      truncateSync(file());
    },
  ],
  [
    'removed',
    () => {
      rmSync(file());
    },
  ],
  [
    'overwritten with something else',
    () => {
      writeFileSync(file(), Buffer.alloc(300, 0xff));
    },
  ],
];

/** After whichever it was, the service finds the same new file. */
const STARTED_AGAIN = partOf(
  FATES.map(([fate]) => fate),
  FATES.length,
);

describe('When the credentials of a service that was killed with -9 are', () => {
  it.each(FATES)(
    '%s, it starts again with new ones, and has all that was acknowledged',
    async (fate, befall) => {
      const first = await (await start()).ready();
      await until('the push to be taken', async () => (await first.push([record('kept')])).status === 200);
      await first.has('kept');
      const old = credentials();
      await first.end('SIGKILL');
      befall();
      const second = await (await start()).ready();
      expect(await statusWith(second, old)).toEqual([401, 401]);
      expect(await statusWith(second, credentials())).toEqual([200, 200]);
      await second.has('kept');
      expect(await second.end('SIGTERM')).toBe(0);
      expect(second.output).toContain('A new push token was made.');
      expect(second.output).toContain(`adminApiKey in ${file()}`);
      if (!STARTED_AGAIN.includes(fate)) return;
      const third = await (await start()).ready();
      await third.has('kept');
      expect(await third.end('SIGTERM')).toBe(0);
      expect(third.output).not.toContain('A new push token was made.');
    },
  );
});

it('A torn file costs nothing of what stands before the tear: the vendor goes on with its token', async () => {
  const first = await (await start()).ready();
  const old = credentials();
  expect(await first.end('SIGTERM')).toBe(0);
  truncateSync(file(), readFileSync(file()).indexOf('databasePassword'));
  const second = await (await start()).ready();
  expect(await statusWith(second, old)).toEqual([200, 200]);
  expect(second.output).not.toContain('A new push token was made.');
  expect(await second.end('SIGTERM')).toBe(0);
});

it('While the service runs, a second one on its folder ends and says so, whatever it finds, and the first goes on', async () => {
  const first = await (await start()).ready();
  const old = credentials();
  rmSync(file());
  const second = await start();
  expect(await second.exit()).toBe(1);
  expect(second.output).toContain(`in use by another Call Ledger process (process id ${first.child.pid})`);
  expect(await statusWith(first, old)).toEqual([200, 200]);
});
