// The folder of the built console in, what is answered for each path out.
import { Injectable, Logger } from '@nestjs/common';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { errorText } from '../errors.js';

const BUILT = fileURLToPath(new URL('../../dist/console-page', import.meta.url));
const PAGE = 'index.html';
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
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
  private readonly files = filesIn(BUILT);

  get page(): ConsoleFile | undefined {
    return this.files.get(PAGE);
  }

  /** @param name of a file in `assets` */
  asset(name: string): ConsoleFile | undefined {
    return this.files.get(`assets/${name}`);
  }
}

/**
 * By their paths in the folder. None, and a line in the log, when the console was not built: the service takes pushes
 * without it.
 */
export function filesIn(folder: string): ReadonlyMap<string, ConsoleFile> {
  try {
    const assets = readdirSync(join(folder, 'assets')).map((name) => `assets/${name}`);
    return new Map([PAGE, ...assets].map((path) => [path, fileOf(join(folder, path))]));
  } catch (error) {
    new Logger('Console').error(`the console can not be served: ${errorText(error)}`);
    return new Map();
  }
}

function fileOf(path: string): ConsoleFile {
  const bytes = readFileSync(path);
  const type = TYPES[extname(path)] ?? 'application/octet-stream';
  return { type, bytes, gzipped: gzipSync(bytes, { level: 9 }), isHashed: /-[A-Z0-9]{8}\.\w+$/.test(path) };
}
