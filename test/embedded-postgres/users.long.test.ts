// Who runs the server: PostgreSQL refuses root, and root's folders are closed to everybody else.
import { afterAll, describe, expect, it } from 'vitest';
import { execFile, spawnSync } from 'node:child_process';
import { chmod, chown, readFile, readlink, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findTool } from '../../embedded-postgres/operating-system/unprivileged-user.js';
import { Harness, query, serverOf, errorOf, serverProcesses, urlOf } from './harness.js';

const run = promisify(execFile);
const require = createRequire(import.meta.url);
const NOBODY = { uid: 65_534, gid: 65_534 };
const setpriv =
  process.platform === 'linux' && process.getuid?.() === 0 ? await findTool('setpriv') : undefined;

/** Whether an ordinary user can run Node.js with this project's packages at all. */
function isOpenToAll(): boolean {
  const args = ['--eval', 'require("fs").readFileSync(process.argv[1])', require.resolve('pg')];
  return setpriv !== undefined && spawnSync(process.execPath, args, { ...NOBODY, cwd: '/' }).status === 0;
}

const skipped =
  (reason: string) =>
  (name: string, test: () => Promise<void>): void => {
    it.skip(`${name} (${reason})`, test);
  };
const asRoot = setpriv === undefined ? skipped('needs root, Linux and setpriv') : it.concurrent;
const asOthers = isOpenToAll()
  ? it.concurrent
  : skipped('needs root, and Node.js and packages open to all users');

/** User ids and capabilities (hexadecimal) of the running server. */
async function identityOf(
  dataDirectory: string,
): Promise<{ uid: number; gid: number; groups: string; capabilities: string }> {
  const { pid } = await serverOf(dataDirectory);
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const field = (name: string): string => new RegExp(`^${name}:[ \\t]*(.*)$`, 'm').exec(status)?.[1] ?? '';
  const [uid, gid] = [field('Uid'), field('Gid')].map((ids) => Number.parseInt(ids, 10));
  return { uid: uid ?? 0, gid: gid ?? 0, groups: field('Groups').trim(), capabilities: field('CapEff') };
}

describe('The user of the embedded PostgreSQL', () => {
  const harness = new Harness();
  afterAll(() => harness.clean());

  asRoot(
    'is an ordinary one that can only read what root can, when started by root in closed folders',
    async () => {
      const dataDirectory = await harness.folder();
      const { folder: installation, native } = await harness.installApart();
      await chmod(installation, 0o700);
      const owner = await harness.owner(dataDirectory, { installation });
      expect(await query(await urlOf(owner), 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
      const identity = await identityOf(dataDirectory);
      expect(identity.uid).toBeGreaterThan(0);
      expect(identity).toMatchObject({ groups: '', capabilities: '0000000000000004' });
      expect(await readlink(`/proc/${(await serverOf(dataDirectory)).pid}/exe`)).toBe(
        join(native, 'bin', 'postgres'),
      );
      expect((await stat(join(dataDirectory, 'postgres'))).uid).toBe(identity.uid);
      expect(await stat(dataDirectory)).toMatchObject({ uid: 0, mode: 0o40_700 });
      expect(await owner.stop()).toBe(0);
      expect(await serverProcesses(dataDirectory)).toEqual([]);
    },
  );

  asRoot(
    'works in a container (Docker’s default capabilities), with everything installed under umask 077',
    async () => {
      const dataDirectory = await harness.folder();
      const { folder: installation } = await harness.installApart();
      await run('chmod', ['-R', 'go-rwx', installation]);
      const kept = ['chown', 'dac_override', 'fowner', 'fsetid', 'kill', 'setgid', 'setuid', 'setpcap'];
      const prefix = [setpriv ?? '', `--bounding-set=-all,${kept.map((name) => `+${name}`).join(',')}`];
      const options = { installation, prefix, env: { ...process.env, TEST_UMASK: '077' } };
      const first = await harness.owner(dataDirectory, options);
      await urlOf(first);
      expect((await identityOf(dataDirectory)).capabilities).toBe('0000000000000002');
      await first.kill();
      const next = await harness.owner(dataDirectory, options);
      expect(await query(await urlOf(next), 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
      expect(next.logged).toContainEqual(expect.stringMatching(/Took over/));
      expect(await next.stop()).toBe(0);
      // Root with all capabilities: the smaller one would not let these programs run.
      const unconfined = await harness.owner(dataDirectory, { installation });
      await urlOf(unconfined);
      expect((await identityOf(dataDirectory)).capabilities).toBe('0000000000000002');
      await unconfined.stop();
    },
  );

  asRoot('has no capability at all in folders that everybody may enter', async () => {
    const dataDirectory = await harness.folder('data', 0o755);
    const { folder: installation } = await harness.installApart();
    const owner = await harness.owner(dataDirectory, { installation });
    await urlOf(owner);
    const identity = await identityOf(dataDirectory);
    expect(identity.uid).toBeGreaterThan(0);
    expect(identity).toMatchObject({ groups: '', capabilities: '0000000000000000' });
    await owner.stop();
  });

  asRoot('gets back a cluster that has fallen to root', async () => {
    const dataDirectory = await harness.usedFolder();
    await run('chown', ['-R', '0:0', join(dataDirectory, 'postgres')]);
    const { server } = harness.embedded(dataDirectory);
    expect(await query(await server.start(), 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    await server.stop();
  });

  asRoot(
    'is the one that started it, when that is an ordinary user; root goes on with it, others are told',
    async () => {
      const dataDirectory = await harness.folder('data', 0o755);
      await chown(dataDirectory, NOBODY.uid, NOBODY.gid);
      const { folder: installation } = await harness.installApart();
      const ordinary = await harness.owner(dataDirectory, { installation, ...NOBODY });
      await urlOf(ordinary);
      expect(await identityOf(dataDirectory)).toMatchObject({
        uid: NOBODY.uid,
        capabilities: '0000000000000000',
      });
      await ordinary.kill();

      const root = harness.embedded(dataDirectory);
      await root.server.start();
      expect(root.logged).toContainEqual(expect.stringMatching(/Took over/));
      await root.server.stop();
      const again = harness.embedded(dataDirectory);
      await again.server.start();
      expect(await identityOf(dataDirectory)).toMatchObject({ uid: NOBODY.uid });
      await again.server.stop();

      await chmod(dataDirectory, 0o755);
      const other = await harness.owner(dataDirectory, { installation, uid: 12_345, gid: 12_345 });
      expect(await errorOf(other)).toMatch(
        /belong to the user nobody, but this process runs as the user with id 12345/,
      );
    },
  );

  asOthers('need not have run the install script: missing links are made, or asked for', async () => {
    const { folder: installation, native } = await harness.installApart();
    const link = join(native, 'lib', 'libicuuc.so.60');
    await rm(link);
    const closed = await harness.folder('data', 0o755);
    await chown(closed, NOBODY.uid, NOBODY.gid);
    const ordinary = await harness.owner(closed, { installation, ...NOBODY });
    expect(await errorOf(ordinary)).toMatch(/lacks the link .*npm rebuild.*DATABASE_URL/);

    const owner = await harness.owner(await harness.folder(), { installation });
    await urlOf(owner);
    expect(await readlink(link)).toBe('libicuuc.so.60.2');
    await owner.stop();
  });
});
