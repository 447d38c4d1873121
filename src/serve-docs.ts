// Serves the API's description at /openapi.json and /openapi.yaml, and as a page for people at /docs.
import type { INestApplication } from '@nestjs/common';
import type { Request, Response } from 'express';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { stringify } from 'yaml';
import { sendFile, type ServedFile, servedFile } from './http/answers/served-file.js';
import { docsPage, docsScript, SWAGGER_UI_FILES } from './openapi/docs-page.js';
import { createDocument } from './openapi/document.js';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.png': 'image/png',
  '.json': 'application/json; charset=utf-8',
  '.yaml': 'text/yaml; charset=utf-8',
};
const packages = createRequire(import.meta.url);
const compress = promisify(gzip);

/**
 * Adds the routes of the API's description. Each file is made at its first request, and then kept as bytes. Making
 * the document for each request took 50 ms and more, and every answer that its client did not read held a copy.
 */
export function serveDocs(app: INestApplication): void {
  const json = kept(() => Promise.resolve(JSON.stringify(createDocument(app))));
  const yaml = async () =>
    stringify(JSON.parse(await json()), { aliasDuplicateObjects: false, lineWidth: 0 });
  const inFolder = () => Promise.resolve(docsPage('./'));
  const serve = (path: string, extension: string, make: () => Promise<Buffer | string>) => {
    const file = kept(async () => fileOf(extension, await make()));
    app.getHttpAdapter().get(path, async (request: Request, response: Response) => {
      sendFile(await file(), request, response);
    });
  };
  serve('/openapi.json', '.json', json);
  serve('/openapi.yaml', '.yaml', yaml);
  serve('/docs/index.html', '.html', inFolder);
  serve('/docs/swagger-ui-init.js', '.js', async () => docsScript(await json()));
  for (const name of SWAGGER_UI_FILES)
    serve(`/docs/${name}`, extname(name), () => readFile(packages.resolve(`swagger-ui-dist/${name}`)));
  servePage(app, inFolder);
}

/** Serves the page at `/docs` and `/docs/`, which are one route. The two need different relative paths. */
function servePage(app: INestApplication, inFolder: () => Promise<string>): void {
  const withSlash = kept(async () => fileOf('.html', await inFolder()));
  const without = kept(() => fileOf('.html', docsPage('./docs/')));
  app.getHttpAdapter().get('/docs', async (request: Request, response: Response) => {
    sendFile(await (request.path.endsWith('/') ? withSlash() : without()), request, response);
  });
}

async function fileOf(extension: string, content: Buffer | string): Promise<ServedFile> {
  const bytes = Buffer.from(content);
  const type = TYPES[extension] ?? 'application/octet-stream';
  return servedFile(type, bytes, await compress(bytes, { level: 9 }));
}

/**
 * Returns a function that makes a value at its first call and keeps it. After an error, the next call tries again.
 */
function kept<T>(make: () => Promise<T>): () => Promise<T> {
  let value: Promise<T> | undefined;
  return () => {
    value ??= make().catch((error: unknown) => {
      value = undefined;
      throw error;
    });
    return value;
  };
}
