// The folder of the built console in, what is answered for each path out.
import { Injectable } from '@nestjs/common';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const BUILT = fileURLToPath(new URL('../../dist/console-page', import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** A file as it is sent. */
export interface ConsoleFile {
  readonly type: string;
  readonly bytes: Buffer;
  readonly gzipped: Buffer;
  /** Whether its name changes with its content, so that browsers may keep it for good. */
  readonly isHashed: boolean;
}

/**
 * The files of the console, read once: a build that comes later changes nothing under a process that runs. They are some
 * tens of kilobytes.
 */
@Injectable()
export class ConsoleFiles {
  readonly page: ConsoleFile = fileOf(join(BUILT, 'index.html'));
  private readonly assets: ReadonlyMap<string, ConsoleFile> = new Map(
    readdirSync(join(BUILT, 'assets')).map((name) => [name, fileOf(join(BUILT, 'assets', name))]),
  );

  /** @param name of a file in `assets` */
  asset(name: string): ConsoleFile | undefined {
    return this.assets.get(name);
  }
}

function fileOf(path: string): ConsoleFile {
  const bytes = readFileSync(path);
  const type = TYPES[extname(path)] ?? 'application/octet-stream';
  return { type, bytes, gzipped: gzipSync(bytes, { level: 9 }), isHashed: /-[A-Z0-9]{8}\.\w+$/.test(path) };
}
