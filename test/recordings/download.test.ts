// Files come from a real HTTP server that breaks off, redirects, lies about lengths, and sends too much.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { AllowedHosts } from '../../src/outbound/allowed-hosts.js';
import { NotAllowedError } from '../../src/outbound/guarded-request.js';
import { download, type DownloadLimits } from '../../src/recordings/download.js';
import { FolderStore } from '../../src/recordings/folder-store.js';
import { MARKER } from '../../src/recordings/recording-store.js';

const AUDIO = randomBytes(300_000);
const MAX_BYTES = 1_000_000;
const KEY = 'ab/cd/file';

let server: Server;
let origin: string;
let folder: string;
let store: FolderStore;

const ANSWERS: Readonly<Record<string, (response: ServerResponse) => void>> = {
  '/good': (response) => {
    response.writeHead(200, { 'content-type': 'audio/wav', 'content-length': AUDIO.length });
    response.end(AUDIO);
  },
  '/chunked': (response) => response.end(AUDIO),
  '/redirect': (response) => response.writeHead(302, { location: '/good' }).end(),
  '/round': (response) => response.writeHead(302, { location: '/round' }).end(),
  '/outside': (response) => response.writeHead(302, { location: 'http://localhost/' }).end(),
  '/nowhere': (response) => response.writeHead(302).end(),
  '/gone': (response) => response.writeHead(404).end('no such file'),
  '/short': (response) => {
    response.writeHead(200, { 'content-length': AUDIO.length });
    response.write(AUDIO.subarray(0, 1000), () => response.destroy());
  },
  '/cut': (response) => {
    response.write(AUDIO, () => response.destroy());
  },
  '/huge': (response) => response.writeHead(200, { 'content-length': MAX_BYTES + 1 }).end(),
  '/endless': (response) => {
    const more = () => response.write(AUDIO, (error) => error ?? more());
    more();
  },
  '/silent': (response) => {
    response.writeHead(200, { 'content-length': AUDIO.length });
    response.write(AUDIO.subarray(0, 1000));
  },
  '/empty': (response) => response.writeHead(200, { 'content-length': 0 }).end(),
};

beforeAll(async () => {
  server = createServer((request, response) => {
    ANSWERS[request.url ?? '']?.(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-recordings-'));
  store = new FolderStore(folder);
  await store.identify('marker');
});

const load = (path: string, hosts = '127.0.0.1', limits: Partial<DownloadLimits> = {}) =>
  download(`${origin}${path}`, store, KEY, {
    hosts: new AllowedHosts(hosts, 'none'),
    maxBytes: MAX_BYTES,
    idleMs: 10_000,
    signal: new AbortController().signal,
    ...limits,
  });
const filesIn = () =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && entry.name !== MARKER,
  );

describe('A file', () => {
  it.each(['/good', '/chunked', '/redirect'])('from %s is kept byte for byte', async (path) => {
    const { bytes, sha256, contentType } = await load(path);
    expect([bytes, sha256]).toEqual([AUDIO.length, createHash('sha256').update(AUDIO).digest()]);
    expect(contentType).toBe(path === '/chunked' ? 'application/octet-stream' : 'audio/wav');
    expect(readFileSync(join(folder, KEY)).equals(AUDIO)).toBe(true);
    const part = await store.open(KEY, { start: 10, end: 19 });
    expect(part === undefined ? undefined : await buffer(part)).toEqual(AUDIO.subarray(10, 20));
    await store.remove(KEY);
    await store.remove(KEY);
    expect(await store.open(KEY)).toBeUndefined();
  });

  it.each([
    ['/gone', 'answered 404'],
    ['/round', 'redirected more than 5 times'],
    ['/nowhere', 'redirected to no URL'],
    ['/short', /aborted|broke off/],
    ['/cut', /aborted|broke off/],
    ['/huge', 'larger than 1000000 bytes (RECORDING_MAX_BYTES)'],
    ['/endless', 'larger than 1000000 bytes (RECORDING_MAX_BYTES)'],
    ['/empty', 'empty'],
  ])('from %s is not kept, and says why', async (path, reason) => {
    await expect(load(path)).rejects.toThrow(reason);
    expect(filesIn()).toEqual([]);
  });

  it('does not come from where it may not, by a redirect neither', async () => {
    await expect(load('/outside')).rejects.toThrow(NotAllowedError);
    await expect(load('/good', '*.example')).rejects.toThrow(NotAllowedError);
    expect(filesIn()).toEqual([]);
  });

  it('that stops coming is not kept, and neither is one that nobody wants any more', async () => {
    await expect(load('/silent', '127.0.0.1', { idleMs: 200 })).rejects.toThrow('nothing came for 200 ms');
    const unwanted = new AbortController();
    const loading = load('/silent', '127.0.0.1', { signal: unwanted.signal });
    setImmediate(() => {
      unwanted.abort();
    });
    await expect(loading).rejects.toThrow(/abort/i);
    expect(filesIn()).toEqual([]);
  });

  it('stays as it was when a later one fails', async () => {
    await load('/good');
    await expect(load('/cut')).rejects.toThrow();
    expect(readFileSync(join(folder, KEY)).equals(AUDIO)).toBe(true);
    expect(filesIn()).toHaveLength(1);
  });
});
