// The manifests of docker/kubernetes are what Kubernetes's own description allows, and hold what the service promises.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { documentsOf, HEALTH_PATHS, knownSettings, textOf } from './files.js';

const FOLDER = 'docker/kubernetes';
const COMPILER = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const NODE_MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));

interface Named {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}
interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
  readonly periodSeconds: number;
  readonly failureThreshold: number;
}
interface Container {
  readonly image: string;
  readonly args?: readonly string[];
  readonly ports?: readonly { name: string; containerPort: number }[];
  readonly env?: readonly { name: string }[];
  readonly securityContext: object;
  readonly resources: { readonly requests: object; readonly limits: object };
  readonly startupProbe: Probe;
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
  readonly volumeMounts: readonly { name: string; mountPath: string }[];
}
interface PodSpec {
  readonly automountServiceAccountToken: boolean;
  readonly serviceAccountName: string;
  readonly securityContext: object;
  readonly terminationGracePeriodSeconds: number;
  readonly containers: readonly [Container];
}

const files = readdirSync(new URL(`../../${FOLDER}`, import.meta.url)).filter((file) =>
  file.endsWith('.yaml'),
);
const manifests = files
  .filter((file) => file !== 'kustomization.yaml')
  .flatMap((file) => documentsOf(`${FOLDER}/${file}`) as Named[]);
const kustomization = documentsOf(`${FOLDER}/kustomization.yaml`)[0] as {
  resources: readonly string[];
  images: readonly { name: string; newTag: string }[];
};

/** @throws Error when there is not exactly one */
function the<T>(kind: string, name = 'call-ledger'): T {
  const [found, ...others] = manifests.filter((one) => one.kind === kind && one.metadata.name === name);
  if (found === undefined || others.length > 0) throw new Error(`not one ${kind} ${name}`);
  return found as T;
}

const { spec: statefulSet } = the<{
  spec: {
    serviceName: string;
    selector: { matchLabels: object };
    template: { metadata: { labels: object }; spec: PodSpec };
    volumeClaimTemplates: readonly { metadata: { name: string } }[];
  };
}>('StatefulSet');
const { spec: job } = the<{ spec: { template: { metadata: { labels: object }; spec: PodSpec } } }>(
  'Job',
  'call-ledger-migrate',
);
const settings = the<{ data: Record<string, string> }>('ConfigMap').data;
const pods: [string, PodSpec][] = [
  ['service', statefulSet.template.spec],
  ['migration', job.template.spec],
];

describe("Kubernetes's own description of its objects", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'call-ledger-kubernetes-'));
    symlinkSync(NODE_MODULES, join(folder, 'node_modules'), 'junction');
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** The compiler refuses what is missing, what is of another type, and what there is not. */
  async function refusals(objects: readonly Named[]): Promise<string> {
    const lines = objects.map((object, index) => {
      const from = `kubernetes-models/${object.apiVersion}/${object.kind}`;
      return `import type { I${object.kind} as T${index} } from '${from}';
        export const object${index}: T${index} = ${JSON.stringify(object)};`;
    });
    writeFileSync(join(folder, 'objects.ts'), lines.join('\n'));
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'esnext'];
    return promisify(execFile)(
      process.execPath,
      [COMPILER, ...options, '--moduleResolution', 'bundler', 'objects.ts'],
      { cwd: folder },
    ).then(
      () => '',
      (error: unknown) => (error as { stdout: string }).stdout,
    );
  }

  it('allows all that is there, and would not allow what there is not', async () => {
    expect(await refusals(manifests)).toBe('');
    const wrong = [
      { ...the<Named>('Service'), spec: { selektor: {} } },
      { ...the<Named>('StatefulSet'), spec: { ...statefulSet, replicas: 'two' } },
    ];
    const refused = await refusals(wrong);
    expect(refused).toContain('selektor');
    expect(refused).toContain("'string' is not assignable to type 'number'");
  });
});

describe('The manifests', () => {
  it('are all named by the kustomization, but for the example of secrets, and in no namespace', () => {
    const named = [...kustomization.resources, 'kustomization.yaml', 'secret.example.yaml'];
    expect(named.sort()).toEqual(files.sort());
    expect(files.map((file) => textOf(`${FOLDER}/${file}`)).join('')).not.toMatch(/^\s*namespace:/m);
    const { version } = JSON.parse(textOf('package.json')) as { version: string };
    expect(kustomization.images).toMatchObject([{ name: 'call-ledger', newTag: version }]);
  });

  it('hold settings that there are, and in the example no secret', () => {
    const known = knownSettings();
    const secrets = manifests.filter(({ kind }) => kind === 'Secret') as (Named & {
      stringData: Record<string, string>;
    })[];
    const names = [settings, ...secrets.map(({ stringData }) => stringData)].flatMap((data) =>
      Object.keys(data),
    );
    expect(names.filter((name) => !known.has(name))).toEqual([]);
    expect(known.has('DATABASE_URI')).toBe(false);
    for (const { stringData } of secrets)
      for (const text of Object.values(stringData)) expect(text).toMatch(/PASSWORD@HOST|=TOKEN$|^KEY$/);
  });

  it.each(pods)('run the %s as nobody in particular, who can change nothing', (_name, pod) => {
    // The rules of the restricted profile of the Pod Security Standards.
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(pod.automountServiceAccountToken).toBe(false);
    for (const container of pod.containers) {
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(container.image).toBe('call-ledger');
      expect(container.resources).toMatchObject({
        requests: { memory: expect.any(String) },
        limits: { memory: expect.any(String) },
      });
    }
  });

  it('ask the paths that the service has, and restart it only when it does not answer at all', () => {
    const [{ startupProbe, livenessProbe, readinessProbe, ports }] = statefulSet.template.spec.containers;
    const probes = [startupProbe, livenessProbe, readinessProbe];
    expect(HEALTH_PATHS).toHaveLength(3);
    for (const { httpGet } of probes) {
      expect(HEALTH_PATHS).toContain(httpGet.path);
      expect(ports).toEqual([{ name: httpGet.port, containerPort: 3000 }]);
    }
    expect(probes.map(({ httpGet }) => httpGet.path)).toEqual([
      '/health/live',
      '/health/live',
      '/health/ready',
    ]);
  });

  it('leave the service the time that it needs to end', () => {
    const seconds = Number(settings['SHUTDOWN_DELAY_MS']) / 1000;
    const { terminationGracePeriodSeconds, containers } = statefulSet.template.spec;
    expect(terminationGracePeriodSeconds).toBeGreaterThanOrEqual(seconds + 15);
    const [{ readinessProbe }] = containers;
    expect(seconds).toBeGreaterThan(readinessProbe.periodSeconds * readinessProbe.failureThreshold);
  });

  it('keep the journal on a volume of each pod', () => {
    const [{ volumeMounts }] = statefulSet.template.spec.containers;
    const claimed = statefulSet.volumeClaimTemplates.map(({ metadata }) => metadata.name);
    expect(volumeMounts).toContainEqual({ name: claimed[0], mountPath: '/data' });
    expect(textOf('docker/Dockerfile')).toContain('DATA_DIR=/data');
  });

  it('reach by their selectors the pods that are meant, and no others', () => {
    const service = { 'app.kubernetes.io/component': 'service' };
    const selectors = ['call-ledger', 'call-ledger-pods'].map(
      (name) => the<{ spec: { selector: object } }>('Service', name).spec.selector,
    );
    const budget = the<{ spec: { selector: { matchLabels: object } } }>('PodDisruptionBudget');
    expect([...selectors, statefulSet.selector.matchLabels, budget.spec.selector.matchLabels]).toEqual([
      service,
      service,
      service,
      service,
    ]);
    expect(statefulSet.template.metadata.labels).toEqual(service);
    expect(job.template.metadata.labels).not.toMatchObject(service);
    expect(statefulSet.serviceName).toBe('call-ledger-pods');
    // Kustomize adds the name to all selectors but this.
    const policy = the<{ spec: { podSelector: object } }>('NetworkPolicy');
    expect(policy.spec.podSelector).toEqual({ matchLabels: { 'app.kubernetes.io/name': 'call-ledger' } });
  });

  it('migrate with the role that owns the tables, and serve with the one that does not', () => {
    const [{ args, env }] = job.template.spec.containers;
    expect(env).toMatchObject([
      { name: 'DATABASE_URL', valueFrom: { secretKeyRef: { name: 'call-ledger-migration' } } },
    ]);
    const { stringData } = the<{ stringData: Record<string, string> }>('Secret');
    expect(stringData['DATABASE_URL']).toContain(`//${args?.at(-1) ?? ''}:`);
    expect(textOf('src/persistence/commands/migrate.ts')).toContain("'grant-to'");
  });
});
