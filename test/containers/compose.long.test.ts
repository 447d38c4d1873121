// docker/compose.yml, brought up by podman-compose: it takes pushes and answers, while its services are restarted and upgraded.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { endVendors, playVendor, type VendorRun } from '../crash/vendor.js';
import {
  builtImage,
  HAS_CONTAINERS,
  IS_LONG_FORM,
  NOT_IN_SHORT,
  podman,
  postgresImage,
  ROOT,
  run,
} from '../support/container-image.js';
import { programOrSkip } from '../support/programs.js';
import { ACCESS, freePort, healthOf, until } from '../support/service.js';

const LONGEST_TEST_MS = 900_000;
const isWanted = HAS_CONTAINERS && IS_LONG_FORM && programOrSkip('podman-compose') !== undefined;
const PROJECT = `call-ledger-test-${randomUUID().slice(0, 8)}`;
const VERSIONS = ['compose-one', 'compose-two'] as const;
const LOAD_SECONDS = 20;
const CALLS_A_SECOND = 50;

let url: string;
let port: number;

beforeAll(async () => {
  if (!isWanted) return;
  await postgresImage();
  for (const version of VERSIONS) await podman('tag', await builtImage(), `localhost/call-ledger:${version}`);
  port = await freePort();
  url = `http://127.0.0.1:${port}`;
  await up(VERSIONS[0]);
  await ready();
}, LONGEST_TEST_MS);
afterAll(async () => {
  if (!isWanted) return;
  await endVendors();
  await compose(VERSIONS[0], 'down', '--volumes');
  for (const name of VERSIONS.map((version) => `localhost/call-ledger:${version}`))
    // With one name, it would take all names from the image.
    await podman('untag', name, name);
}, LONGEST_TEST_MS);

const environment = (version: string) => ({
  ...process.env,
  ...ACCESS,
  POSTGRES_PASSWORD: 'of-the-tests',
  CALL_LEDGER_PORT: String(port),
  CALL_LEDGER_VERSION: version,
});

function compose(version: string, ...args: readonly string[]): Promise<string> {
  const file = join(ROOT, 'docker/compose.yml');
  return run('podman-compose', ['--project-name', PROJECT, '--file', file, ...args], {
    env: environment(version),
  });
}

const up = (version: string) => compose(version, 'up', '--detach', '--no-build');
const containerOf = (service: string) => `${PROJECT}_${service}_1`;

async function ready(): Promise<void> {
  await until('the service to be ready', async () => (await healthOf(url)) === 'ok');
}

/** The simulator's vendor tries again as the real one does, with shorter waits. */
async function underLoad(blow: () => Promise<void>): Promise<VendorRun> {
  const calls = LOAD_SECONDS * CALLS_A_SECOND;
  const options = { url, calls, rate: CALLS_A_SECOND, 'batch-size': 1, concurrency: 16, 'time-scale': 0.2 };
  const [vendorRun] = await Promise.all([playVendor(options, ACCESS), blow()]);
  const { pushes, records } = vendorRun.summary;
  console.log(`${pushes.sent} pushes, ${pushes.acknowledged} acknowledged, ${pushes.retries} tried again`);
  expect(vendorRun.text).toMatch(/verify +OK/);
  expect(vendorRun.code).toBe(0);
  expect(records.notAcknowledged).toBe(0);
  return vendorRun;
}

if (HAS_CONTAINERS && !IS_LONG_FORM) console.warn(NOT_IN_SHORT);
(isWanted ? describe : describe.skip)('What docker/compose.yml brings up', () => {
  it(
    'takes every push at its first try while its database is started again',
    async () => {
      const { summary } = await underLoad(async () => {
        await podman('restart', '--time=60', containerOf('database'));
        await ready();
      });
      expect(summary.pushes.retries).toBe(0);
    },
    LONGEST_TEST_MS,
  );

  it(
    'takes every push, some at a further try, while the service is started again',
    async () => {
      await underLoad(async () => {
        await podman('restart', '--time=30', containerOf('ledger'));
        await ready();
      });
    },
    LONGEST_TEST_MS,
  );

  it(
    'takes every push, some at a further try, while the image is exchanged',
    async () => {
      await underLoad(async () => {
        const begin = performance.now();
        const old = containerOf('ledger');
        // Docker Compose does these two by itself.
        await podman('stop', '--time=30', old);
        expect(await podman('inspect', '--format', '{{.State.ExitCode}}', old)).toBe('0');
        await podman('rm', old);
        await up(VERSIONS[1]);
        await ready();
        console.log(`no service for ${Math.round(performance.now() - begin)} ms`);
      });
      expect(await podman('inspect', '--format', '{{.ImageName}}', containerOf('ledger'))).toContain(
        VERSIONS[1],
      );
    },
    LONGEST_TEST_MS,
  );
});
