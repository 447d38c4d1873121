// A folder, and a bucket of an S3 server that is not ours, keep the same promises.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { checkSettings } from '../../src/config/read-settings.js';
import { FolderStore } from '../../src/recordings/folder-store.js';
import type { RecordingStore } from '../../src/recordings/recording-store.js';
import { S3Store } from '../../src/recordings/s3-store.js';
import { S3Server } from '../support/s3-server.js';
import { SmallDisk } from '../support/small-disk.js';

const CONTENT = randomBytes(3_000_000);
const OTHER = randomBytes(1000);
const KEY = 'ab/cdef/0190';
const NEVER = new AbortController().signal;

let server: S3Server;
let folder: string;
let spool: string;
const stores = new Map<string, RecordingStore>();

const s3 = async (prefix: string, changes: Record<string, string> = {}, at = spool) => {
  const { recordingStore: place } = checkSettings({ ...server.settings(prefix), ...changes }, false);
  if (place?.kind !== 's3') throw new Error('no S3 store');
  return S3Store.of(place, at);
};

beforeAll(async () => {
  server = await S3Server.start();
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-recordings-'));
  spool = mkdtempSync(join(tmpdir(), 'call-ledger-spool-'));
  stores.set('a folder', new FolderStore(folder)).set('S3', await s3('some/prefix'));
  for (const store of stores.values()) await store.identify('marker');
});
afterAll(async () => {
  for (const store of stores.values()) store.close();
  await server.stop();
  for (const path of [folder, spool]) rmSync(path, { recursive: true });
});

const storeOf = (name: string) => {
  const store = stores.get(name);
  if (store === undefined) throw new Error(`no store ${name}`);
  return store;
};
async function* inChunks(content: Buffer, failure?: Error): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += 65_536) {
    await Promise.resolve();
    yield content.subarray(at, at + 65_536);
  }
  if (failure !== undefined) throw failure;
}
const contentIn = async (store: RecordingStore, key: string) => {
  const file = await store.open(key);
  return file === undefined ? undefined : buffer(file);
};

describe.each(['a folder', 'S3'])('In %s', (name) => {
  it('a file is complete, can be read in parts, is replaced and removed', async () => {
    const store = storeOf(name);
    const stored = await store.put(KEY, inChunks(CONTENT), NEVER);
    expect(stored).toEqual({ bytes: CONTENT.length, sha256: createHash('sha256').update(CONTENT).digest() });
    expect((await contentIn(store, KEY))?.equals(CONTENT)).toBe(true);
    const part = await store.open(KEY, { start: 1_000_000, end: 1_000_009 });
    expect(part === undefined ? undefined : await buffer(part)).toEqual(
      CONTENT.subarray(1_000_000, 1_000_010),
    );
    await store.put(KEY, inChunks(OTHER), NEVER);
    expect((await contentIn(store, KEY))?.equals(OTHER)).toBe(true);
    await store.remove(KEY);
    await store.remove(KEY);
    expect(await store.open(KEY)).toBeUndefined();
  });

  it('a file whose content fails or is not wanted any more is absent, and an earlier one stays', async () => {
    const store = storeOf(name);
    const ended = AbortSignal.abort(new Error('ended'));
    await expect(store.put('ab/new/1', inChunks(CONTENT, new Error('cut')), NEVER)).rejects.toThrow('cut');
    await expect(store.put('ab/new/1', inChunks(CONTENT), ended)).rejects.toThrow(/ended|abort/i);
    expect(await store.open('ab/new/1')).toBeUndefined();
    await store.put(KEY, inChunks(OTHER), NEVER);
    await expect(store.put(KEY, inChunks(CONTENT, new Error('cut')), NEVER)).rejects.toThrow('cut');
    await expect(store.put(KEY, inChunks(CONTENT), ended)).rejects.toThrow(/ended|abort/i);
    expect((await contentIn(store, KEY))?.equals(OTHER)).toBe(true);
    expect(readdirSync(join(folder, 'parts'))).toEqual([]);
    expect(readdirSync(spool)).toEqual([]);
  });

  it('the first marker stays', async () => {
    expect(await storeOf(name).identify('another')).toBe('marker');
  });
});

describe('A folder', () => {
  it('loses what a process that died has left half written: after an hour, or with the file', async () => {
    const store = storeOf('a folder');
    const [old, young, ofFile] = ['old.1', 'young.1', 'ab-cdef-0191.1'].map((part) =>
      join(folder, 'parts', part),
    );
    for (const path of [old, young, ofFile]) writeFileSync(path ?? '', 'half');
    utimesSync(old ?? '', 0, 0);
    await store.sweep();
    await store.remove('ab/cdef/0191');
    expect(readdirSync(join(folder, 'parts'))).toEqual(['young.1']);
    rmSync(young ?? '');
  });

  it('keeps no folder of a call without files', async () => {
    const store = storeOf('a folder');
    await store.put('ab/call/1', inChunks(OTHER), NEVER);
    await store.put('ab/call/2', inChunks(OTHER), NEVER);
    await store.remove('ab/call/1');
    expect(existsSync(join(folder, 'ab/call/2'))).toBe(true);
    await store.remove('ab/call/2');
    expect(existsSync(join(folder, 'ab/call'))).toBe(false);
  });
});

describe('S3', () => {
  it('says why it can not be used', async () => {
    const [wrongKey, noBucket] = [
      await s3('prefix', { S3_ACCESS_KEY_ID: 'unknown' }),
      await s3('prefix', { RECORDING_STORE: 's3://no-such-bucket/prefix' }),
    ];
    await expect(wrongKey.identify('marker')).rejects.toThrow(/access key/i);
    await expect(noBucket.open(KEY)).rejects.toThrow(/bucket/i);
    for (const store of [wrongKey, noBucket]) store.close();
  });

  it('has separate files for each prefix', async () => {
    const another = await s3('');
    await storeOf('S3').put(KEY, inChunks(OTHER), NEVER);
    expect(await another.open(KEY)).toBeUndefined();
    expect(await another.identify('of another')).toBe('of another');
    expect(await contentIn(another, `some/prefix/${KEY}`)).toEqual(OTHER);
    another.close();
  });
});

describe('A full disk', () => {
  it('keeps nothing half, and keeps files again when it has room', async () => {
    const disk = await SmallDisk.mount('size=1m');
    if (disk === undefined) {
      console.log('SKIPPED: nothing can be mounted here');
      return;
    }
    try {
      const full = join(disk.path, 'space');
      const onDisk = [new FolderStore(full), await s3('full', {}, join(full, 'spool'))];
      for (const store of onDisk) {
        await store.identify('marker');
        await expect(store.put(KEY, inChunks(CONTENT), NEVER)).rejects.toThrow('ENOSPC');
        expect(await store.open(KEY)).toBeUndefined();
        await store.put(KEY, inChunks(OTHER), NEVER);
        expect(await contentIn(store, KEY)).toEqual(OTHER);
        store.close();
      }
      expect(readdirSync(join(full, 'parts'))).toEqual([]);
    } finally {
      await disk.remove();
    }
  });
});
