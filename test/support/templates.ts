// Folders that are made once in a run of the tests and copied from then on: PostgreSQL takes seconds to make a cluster.
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgres } from '../../embedded-postgres/embedded-postgres.js';
import { errorCode } from '../../platform/error-code.js';
import { freePort, ServiceProcess, until } from './service.js';

const run = promisify(execFile);

/** Makes the data directory of a service that was ended: its cluster has the ledger's schema, its credentials are its own. */
export async function usedDataDir(dataDir: string): Promise<void> {
  const template = await made('data', async (folder) => {
    const service = await ServiceProcess.start(folder, await freePort()).ready();
    if ((await service.end('SIGTERM')) !== 0) throw new Error(`the service failed: ${service.output}`);
  });
  await copy(template, dataDir);
}

/** Makes the folder of an embedded server that was stopped, with nothing in its database. */
export async function usedCluster(dataDirectory: string): Promise<void> {
  const template = await made('cluster', async (folder) => {
    mkdirSync(folder);
    // As root, the server runs as another user.
    chmodSync(folder, 0o711);
    const settings = { dataDirectory: folder, password: 'of-the-template', log: () => undefined };
    const server = new EmbeddedPostgres(settings);
    await server.start();
    await server.stop();
  });
  await copy(join(template, 'postgres'), join(dataDirectory, 'postgres'));
}

/** Users, modes and links are kept. */
async function copy(from: string, to: string): Promise<void> {
  await run('cp', ['-a', from, to]);
}

/** @param make fills the folder; called by the first of all workers that needs it */
async function made(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(tmpdir(), `template-of-${name}`);
  const lock = `${folder}.lock`;
  await until(`the template of ${name}`, async () => {
    if (existsSync(folder)) return true;
    if (!isMadeAnew(lock)) return false;
    try {
      const fresh = join(mkdtempSync(`${folder}-`), name);
      chmodSync(join(fresh, '..'), 0o711);
      await make(fresh);
      renameSync(fresh, folder);
      return true;
    } catch (error) {
      rmdirSync(lock);
      throw error;
    }
  });
  return folder;
}

function isMadeAnew(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    return false;
  }
}
