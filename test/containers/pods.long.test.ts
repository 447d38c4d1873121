// The manifests of docker/kubernetes, as far as `podman kube play` knows their kinds: the pods of the stateful set and of the job,
// with their settings, secrets and volumes. It knows no StatefulSet, Job, Service, NetworkPolicy and PodDisruptionBudget.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import {
  builtImage,
  HAS_CONTAINERS,
  IS_LONG_FORM,
  NOT_IN_SHORT,
  podman,
} from '../support/container-image.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { record } from '../support/records.js';
import { ACCESS, freePort, statusOf, until } from '../support/service.js';
import { documentsOf } from './files.js';

const LONGEST_TEST_MS = 900_000;
const isWanted = HAS_CONTAINERS && IS_LONG_FORM;
const ID = randomUUID().slice(0, 8);
const POD = `call-ledger-test-${ID}`;
const ROLE = 'call_ledger_service';
const PASSWORD = 'of-the-service';
const MEMORY_LIMIT = 1024 * 1024 * 1024;

interface PodSpec {
  readonly containers: readonly [
    {
      readonly startupProbe: Probe;
      readonly livenessProbe: Probe;
      readonly readinessProbe: Probe;
      readonly ports?: object;
    },
  ];
  readonly volumes?: object[];
}
interface Probe {
  readonly httpGet: { readonly path: string };
}
interface Workload {
  readonly spec: {
    readonly template: { readonly metadata: object; readonly spec: PodSpec };
    readonly volumeClaimTemplates: readonly [
      { readonly metadata: { readonly name: string }; readonly spec: object },
    ];
  };
}
const the = (file: string) => documentsOf(`docker/kubernetes/${file}.yaml`)[0];

let folder: string;
let database: TestDatabase;
let image: string;

beforeAll(async () => {
  if (!isWanted) return;
  image = await builtImage();
  database = await createDatabase('empty');
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-pods-'));
  await database.query(
    `DO $$ BEGIN CREATE ROLE ${ROLE} LOGIN PASSWORD '${PASSWORD}'; EXCEPTION WHEN duplicate_object THEN NULL; END $$`,
  );
  const url = Object.assign(new URL(database.url), { username: ROLE, password: PASSWORD }).href;
  await makeSecret('call-ledger', { DATABASE_URL: url, ...ACCESS });
  await makeSecret('call-ledger-migration', { DATABASE_URL: database.url });
}, LONGEST_TEST_MS);
afterAll(async () => {
  if (!isWanted) return;
  for (const pod of [POD, `${POD}-migrate`]) await podman('pod', 'rm', '--force', '--ignore', pod);
  for (const secret of ['call-ledger', 'call-ledger-migration']) await podman('secret', 'rm', secret);
  await podman('volume', 'rm', '--force', `${POD}-journal`, 'tmp');
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
}, LONGEST_TEST_MS);

/** Podman 4 keeps of a Secret its data, and does not read those that it makes from a manifest. */
async function makeSecret(name: string, data: Readonly<Record<string, string>>): Promise<void> {
  const file = join(folder, name);
  const encoded = Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  writeFileSync(file, JSON.stringify(Object.fromEntries(encoded)));
  await podman('secret', 'create', name, file);
}

async function play(name: string, objects: readonly object[]): Promise<void> {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, objects.map((object) => stringify(object)).join('---\n'));
  await podman('kube', 'play', '--network=host', file);
}

/** The pod with the image that was built. Podman's own probes are left out, because they call curl, which is
 * not in the image; and ports, because the pods are in the network of this machine. */
function podOf(name: string, spec: PodSpec, volumes: readonly object[]): object {
  const [container] = spec.containers;
  const { startupProbe, livenessProbe, readinessProbe, ports, ...rest } = container;
  const containers = [{ ...rest, image, imagePullPolicy: 'Never' }];
  const all = [...(spec.volumes ?? []), ...volumes];
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { ...spec, containers, volumes: all } };
}

const stateOf = (container: string, format: string) =>
  podman('inspect', '--format', `{{.State.${format}}}`, container);

if (HAS_CONTAINERS && !isWanted) console.warn(NOT_IN_SHORT);
(isWanted ? describe : describe.skip)('As podman plays the manifests,', () => {
  it('the job migrates with the role that owns the tables, and ends', async () => {
    const { spec } = (the('migrate-job') as Workload).spec.template;
    await play('migrate', [podOf(`${POD}-migrate`, spec, [])]);
    const container = `${POD}-migrate-migrate`;
    await until('the migration to end', async () => (await stateOf(container, 'Status')) === 'exited');
    expect([await stateOf(container, 'ExitCode'), await podman('logs', container)]).toEqual([
      '0',
      expect.stringContaining(ROLE),
    ]);
    await podman('pod', 'rm', `${POD}-migrate`);
  });

  it('the pod serves with the role that does not, answers its probes, keeps its journal and ends in time', async () => {
    const { template, volumeClaimTemplates } = (the('statefulset') as Workload).spec;
    const [claim] = volumeClaimTemplates;
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const config = the('configmap') as { data: object };
    const claimName = `${POD}-journal`;
    const volumes = [{ name: claim.metadata.name, persistentVolumeClaim: { claimName } }];
    const claimed = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: claimName },
      spec: claim.spec,
    };
    const settings = { ...config, data: { ...config.data, PORT: String(port) } };
    await play('serve', [settings, claimed, podOf(POD, template.spec, volumes)]);
    const { startupProbe, livenessProbe, readinessProbe } = template.spec.containers[0];
    for (const { httpGet } of [startupProbe, livenessProbe, readinessProbe])
      await until(httpGet.path, async () => (await statusOf(`${url}${httpGet.path}`)) === 200);

    const container = `${POD}-call-ledger`;
    const host = JSON.parse(await podman('inspect', '--format', '{{json .HostConfig}}', container)) as {
      SecurityOpt: string[];
    };
    expect(host).toMatchObject({ ReadonlyRootfs: true, Memory: MEMORY_LIMIT });
    expect(host.SecurityOpt).toContain('no-new-privileges');
    const [, token = ''] = ACCESS.PUSH_TOKENS.split('=');
    const pushed = await fetch(`${url}/push/${token}/call-reports`, {
      method: 'POST',
      body: JSON.stringify([record('of-the-pod')]),
    });
    expect(pushed.status).toBe(200);
    expect(await database.query('SELECT call_id FROM calls')).toEqual([{ call_id: 'of-the-pod' }]);

    await podman('pod', 'stop', '--time=40', POD);
    expect(await stateOf(container, 'ExitCode')).toBe('0');
    expect(await podman('logs', container)).not.toContain('too little memory');
  });
});
