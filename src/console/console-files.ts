import { Injectable, Logger } from '@nestjs/common';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { errorText } from '../errors.js';
import { ASK_AGAIN, type ServedFile, servedFile } from '../http/answers/served-file.js';

/** The build puts the console beside the service's modules. */
const CONSOLE_PAGE = fileURLToPath(new URL('../../console-page', import.meta.url));
const PAGE = 'index.html';
/** For files whose name changes with their content. */
const FOR_GOOD = 'public, max-age=31536000, immutable';
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};

/**
 * The files of the built console, some tens of kilobytes. They are read once, so that a later build changes nothing
 * for a running process.
 */
@Injectable()
export class ConsoleFiles {
  private readonly files = filesIn(CONSOLE_PAGE);

  get page(): ServedFile | undefined {
    return this.files.get(PAGE);
  }

  /** @param name the name of a file in `assets` */
  asset(name: string): ServedFile | undefined {
    return this.files.get(`assets/${name}`);
  }
}

/**
 * Reads the files, by their paths in the folder. If the console was not built, it logs that and returns none: the
 * service takes pushes without a console.
 */
export function filesIn(folder: string): ReadonlyMap<string, ServedFile> {
  try {
    const assets = readdirSync(join(folder, 'assets')).map((name) => `assets/${name}`);
    return new Map([PAGE, ...assets].map((path) => [path, fileOf(join(folder, path))]));
  } catch (error) {
    new Logger('Console').error(`the console cannot be served: ${errorText(error)}`);
    return new Map();
  }
}

function fileOf(path: string): ServedFile {
  const bytes = readFileSync(path);
  const type = TYPES[extname(path)] ?? 'application/octet-stream';
  const isHashed = /-[A-Z0-9]{8}\.\w+$/.test(path);
  return servedFile(type, bytes, gzipSync(bytes, { level: 9 }), isHashed ? FOR_GOOD : ASK_AGAIN);
}
