// The image as an operator runs it: without rights, ended, killed, with a full volume, and two on one volume.
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Container, type ContainerOptions } from '../support/container.js';
import {
  baseImage,
  builtImage,
  canRunContainers,
  HAS_CONTAINERS,
  IS_LONG_FORM,
  NOT_IN_SHORT,
  podman,
  run,
} from '../support/container-image.js';
import { textOf } from './files.js';
import { createDatabase, type TestDatabase, whileLocked } from '../support/database.js';
import { filesIn } from '../support/files.mjs';
import { PushLoad } from '../support/push-load.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';

const LONGEST_BUILD_MS = 900_000;
/** Node.js itself has 150 MB of it. */
const MOST_MB = 230;
const MB = 1e6;
const LOAD_CONNECTIONS = 8;
const PUSHES_UNDER_LOAD = 300;

if (HAS_CONTAINERS && !IS_LONG_FORM) console.warn(NOT_IN_SHORT);
const isPossible = IS_LONG_FORM && (await canRunContainers());

let image: string;
let database: TestDatabase;
let containers: Container[] = [];
let volume: string;
let small: string | undefined;

beforeAll(async () => {
  if (isPossible) image = await builtImage();
}, LONGEST_BUILD_MS);
beforeEach(async () => {
  if (!isPossible) return;
  database = await createDatabase();
  volume = `call-ledger-test-${randomUUID()}`;
  containers = [];
});
afterEach(async () => {
  if (!isPossible) return;
  for (const container of containers) await container.remove();
  await podman('volume', 'rm', '--force', volume);
  if (small !== undefined) {
    await run('umount', [small]);
    rmdirSync(small);
  }
  small = undefined;
  await database.drop();
});

async function start(options: Partial<ContainerOptions> = {}): Promise<Container> {
  const container = await Container.start({ image, databaseUrl: database.url, volume, ...options });
  containers.push(container);
  return container.ready();
}

const mountpointOf = (name: string) => podman('volume', 'inspect', '--format', '{{.Mountpoint}}', name);

async function callIds(): Promise<string[]> {
  const rows = await database.query<{ call_id: string }>('SELECT call_id FROM calls ORDER BY call_id');
  return rows.map(({ call_id: callId }) => callId);
}

async function becomes(expected: readonly string[]): Promise<void> {
  await until('the calls to be in the ledger', async () => (await callIds()).length >= expected.length);
  expect(await callIds()).toEqual([...expected].sort());
}

(isPossible ? describe : describe.skip)('The image', () => {
  it('holds Node.js, tini, the service, and nothing that can be changed but the data', async () => {
    const root = await podman('image', 'mount', image);
    try {
      const found = await run('find', [
        root,
        '-xdev',
        '(',
        '-perm',
        '/022',
        '-o',
        '-uid',
        '1000',
        ')',
        '!',
        '-type',
        'l',
      ]);
      const places = found.split('\n').map((path) => path.slice(root.length));
      expect(places.sort()).toEqual(['/data', '/tmp']);
      const programs = await run('find', [
        root,
        '-xdev',
        '-type',
        'f',
        '-path',
        '*/bin/*',
        '!',
        '-path',
        '*/node_modules/*',
      ]);
      expect(
        programs
          .split('\n')
          .map((path) => path.slice(root.length))
          .sort(),
      ).toEqual(['/usr/bin/tini', '/usr/local/bin/node']);
      const sbom = JSON.parse(await run('cat', [join(root, 'app/sbom.cdx.json')])) as {
        bomFormat: string;
        components: { name: string; version: string }[];
      };
      expect(sbom.bomFormat).toBe('CycloneDX');
      const listed = sbom.components.map(({ name, version }) => `${name}@${version}`);
      expect(productionPackages().filter((name) => !listed.includes(name))).toEqual([]);
    } finally {
      await podman('image', 'unmount', image);
    }
  });

  it('is small, and says what it is', async () => {
    const sizes = (await podman('image', 'inspect', '--format', '{{.Size}}', image, await baseImage())).split(
      '\n',
    );
    const [own = 0, base = 0] = sizes.map((size) => Math.round(Number(size) / MB));
    console.log(`the image: ${own} MB; its base image: ${base} MB`);
    expect(own).toBeLessThan(MOST_MB);
    const labels = JSON.parse(
      await podman('image', 'inspect', '--format', '{{json .Labels}}', image),
    ) as object;
    expect(labels).toMatchObject({
      'org.opencontainers.image.title': 'Call Ledger',
      'org.opencontainers.image.version': 'test',
    });
  });
});

(isPossible ? describe : describe.skip)('A container', () => {
  it('needs no right, writes only its data, is healthy, and logs lines of JSON', async () => {
    const begin = performance.now();
    const container = await start({ memory: '1g' });
    console.log(`from the start to ready: ${Math.round(performance.now() - begin)} ms`);
    for (const set of ['CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
      expect(await container.status(set)).toMatch(/^0+$/);
    expect((await container.status('Uid')).split(/\s+/)).toEqual(['1000', '1000', '1000', '1000']);
    expect(await container.status('NoNewPrivs')).toBe('1');
    const write = (path: string) =>
      podman('exec', container.name, 'node', '-e', `require('node:fs').writeFileSync('${path}', '')`);
    for (const path of ['/app/dist/main.js', '/app/new', '/etc/passwd'])
      await expect(write(path)).rejects.toThrow('EROFS');
    await write('/data/new');
    await expect(podman('exec', container.name, 'sh', '-c', 'true')).rejects.toThrow('not found');

    await podman('healthcheck', 'run', container.name);
    const check = JSON.parse(await container.inspect('{{json .Config.Healthcheck.Test}}')) as string[];
    const [, ...command] = check;
    await podman('exec', container.name, ...command);
    await expect(podman('exec', '--env=PORT=9', container.name, ...command)).rejects.toThrow();

    expect(await container.end('SIGTERM')).toBe(0);
    for (const line of (await container.output()).split('\n'))
      expect(JSON.parse(line)).toMatchObject({
        time: expect.any(String),
        level: 'info',
        context: expect.any(String),
      });
  });

  it('that gets SIGTERM under load ends with 0, and loses nothing that it acknowledged', async () => {
    const container = await start();
    const load = new PushLoad(container.pushUrl, LOAD_CONNECTIONS);
    await until('some pushes', () => load.pushes.length > PUSHES_UNDER_LOAD);
    const begin = performance.now();
    expect(await container.end('SIGTERM')).toBe(0);
    console.log(`from SIGTERM to the end, under load: ${Math.round(performance.now() - begin)} ms`);
    await load.refused();
    const acknowledged = load.pushes.filter(({ status }) => status === 200).map(({ callId }) => callId);
    const kept = new Set(await callIds());
    // What the journal took is there, and another container would bring it in.
    const missing = acknowledged.filter((callId) => !kept.has(callId));
    if (missing.length > 0) await start();
    await until('all that was acknowledged', async () => {
      const now = new Set(await callIds());
      return acknowledged.every((callId) => now.has(callId));
    });
    expect(load.pushes.filter(({ status }) => status !== undefined && status !== 200)).toEqual([]);
  });

  it('that is killed leaves its journal on the volume, and the next one brings it into the database', async () => {
    const killed = await start();
    await whileLocked(database.url, async () => {
      for (const callId of ['a', 'b', 'c']) expect((await killed.push([record(callId)])).status).toBe(200);
      expect(await killed.end('SIGKILL')).toBe(137);
    });
    expect(await callIds()).toEqual([]);
    await start();
    await becomes(['a', 'b', 'c']);
  });

  it('whose volume is full acknowledges nothing that it cannot keep, and goes on when there is space', async () => {
    small = mkdtempSync(join(tmpdir(), 'call-ledger-small-volume-'));
    await run('mount', ['-t', 'tmpfs', '-o', 'size=2m,mode=700,uid=1000,gid=1000', 'tmpfs', small]);
    const container = await start({ volume: small });
    const filler = join(small, 'filler');
    const acknowledged = await whileLocked(database.url, async () => {
      expect((await container.push([record('before')])).status).toBe(200);
      fill(filler);
      expect((await container.push([record('full', { statusMsg: 'x'.repeat(100_000) })])).status).toBe(503);
      rmSync(filler);
      await until('a push to be taken', async () => (await container.push([record('after')])).status === 200);
      return ['before', 'after'];
    });
    // The write of the refused one went on.
    await until('both to be in the ledger', async () => {
      const known = await callIds();
      return acknowledged.every((callId) => known.includes(callId));
    });
  });

  it('beside another one on the same volume drains its own journal, and that of the other once it is gone', async () => {
    const [one, other] = [await start(), await start()];
    await whileLocked(database.url, async () => {
      expect((await one.push([record('of-one')])).status).toBe(200);
      expect((await other.push([record('of-the-other')])).status).toBe(200);
    });
    await becomes(['of-one', 'of-the-other']);
    await whileLocked(database.url, async () => {
      expect((await one.push([record('left-behind')])).status).toBe(200);
      await one.end('SIGKILL');
      const journals = filesIn(await mountpointOf(volume)).filter((file) => file.endsWith('.journal'));
      expect(journals.length).toBeGreaterThan(0);
    });
    await becomes(['left-behind', 'of-one', 'of-the-other']);
  });
});

/** By name and version, as the lock file has them. */
function productionPackages(): string[] {
  const { packages } = JSON.parse(textOf('package-lock.json')) as {
    packages: Record<string, { version?: string; dev?: boolean; optional?: boolean; devOptional?: boolean }>;
  };
  return Object.entries(packages)
    .filter(
      ([path, { dev, optional, devOptional }]) =>
        path !== '' && dev !== true && optional !== true && devOptional !== true,
    )
    .map(([path, { version = '' }]) => `${path.split('node_modules/').at(-1) ?? ''}@${version}`);
}

/** Until nothing more can be written. */
function fill(path: string): void {
  for (const size of [100_000, 1000, 1]) while (adds(path, size));
}

function adds(path: string, bytes: number): boolean {
  try {
    writeFileSync(path, Buffer.alloc(bytes), { flag: 'a' });
    return true;
  } catch {
    return false;
  }
}
