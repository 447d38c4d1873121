// What is made durable is there, whatever way leads to it. (That it is synced, test/service/power-loss.long.test.ts tells.)
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyDurably, createFile, makeFolder, replaceFile } from '../../platform/durable-files.js';
import { SmallDisk } from '../support/small-disk.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-durable-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const modeOf = (path: string) => statSync(path).mode & 0o777;

describe('A folder', () => {
  it('is made with all that lead to it, for its user only, and may be there already', () => {
    makeFolder(join(folder, 'a', 'b', '..', 'c'));
    makeFolder(join(folder, 'a', 'c'));
    expect(readdirSync(join(folder, 'a'))).toEqual(['c']);
    for (const path of ['a', 'a/c']) expect(modeOf(join(folder, path))).toBe(0o700);
  });

  it('is made behind a link', () => {
    mkdirSync(join(folder, 'real'));
    symlinkSync('real', join(folder, 'link'));
    makeFolder(join(folder, 'link', 'a', 'b'));
    expect(readdirSync(join(folder, 'real', 'a'))).toEqual(['b']);
  });

  it('is made on a disk that has another name, or none, for others', async () => {
    const disk = await SmallDisk.mount('size=1m,nr_inodes=50');
    if (disk === undefined) {
      console.warn('SKIPPED: no disk can be mounted here');
      return;
    }
    makeFolder(join(disk.path, 'a', 'b'));
    expect(readdirSync(join(disk.path, 'a'))).toEqual(['b']);
    await disk.remove();
  });

  it('is not made where a file stands, and that is said', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => {
      makeFolder(join(folder, 'file', 'a'));
    }).toThrow(/ENOTDIR/);
  });
});

describe('A file', () => {
  it('is made once: the second one to make it is told so', () => {
    const path = join(folder, 'made');
    expect([createFile(path, 'first'), createFile(path, 'second')]).toEqual([true, false]);
    expect(readFileSync(path, 'utf8')).toBe('first');
    expect(modeOf(path)).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['made']);
  });

  it('is replaced, or copied, as a whole, over what a killed process has left of it', async () => {
    const [path, copy] = [join(folder, 'file'), join(folder, 'copy')];
    writeFileSync(`${path}.new`, 'a draft that is longer than what comes now');
    await replaceFile(path, 'one');
    await replaceFile(path, Buffer.from('two'));
    await copyDurably(path, copy);
    expect([readFileSync(path, 'utf8'), readFileSync(copy, 'utf8')]).toEqual(['two', 'two']);
    expect([modeOf(path), modeOf(copy)]).toEqual([0o600, 0o600]);
    expect(readdirSync(folder).sort()).toEqual(['copy', 'file']);
  });

  it('stays what it was when it can not be replaced', async () => {
    const path = join(folder, 'file');
    await replaceFile(path, 'kept');
    await expect(copyDurably(join(folder, 'nothing'), path)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(readFileSync(path, 'utf8')).toBe('kept');
    expect(readdirSync(folder)).toEqual(['file']);
  });
});
