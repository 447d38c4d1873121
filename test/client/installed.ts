// The client package as its users have it: packed, and installed from the tarball, without a network.
import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { object, objects, string } from '../contract/helpers.js';

const run = promisify(execFile);
const CLIENT = fileURLToPath(new URL('../../client', import.meta.url));

export interface InstalledClient {
  /** A project that has the package, and nothing else. */
  readonly folder: string;
  /** The files in the tarball. */
  readonly files: readonly string[];
}

/** The caller removes the folder. */
export async function installClient(): Promise<InstalledClient> {
  const folder = mkdtempSync(join(tmpdir(), 'call-ledger-client-'));
  const packed = await npm(CLIENT, folder, 'pack', '--json', '--pack-destination', folder);
  const [{ filename, files } = {}] = objects(JSON.parse(packed.slice(packed.indexOf('[\n'))));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }');
  await npm(folder, folder, 'install', '--offline', '--no-audit', '--no-fund', `./${string(filename)}`);
  return { folder, files: objects(files).map((file) => string(object(file)['path'])) };
}

/** With a cache of its own, and a registry that nobody reaches. */
async function npm(cwd: string, folder: string, ...args: string[]): Promise<string> {
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    npm_config_cache: join(folder, 'cache'),
    npm_config_registry: 'http://127.0.0.1:9/',
    npm_config_update_notifier: 'false',
  };
  return (await run('npm', args, { cwd, env })).stdout;
}
