// Writes openapi.json, the API's description, into the working directory: for linters and client generators.
import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { createApp } from './app.setup.js';
import { readSettings } from './config/read-settings.js';
import { createDocument } from './openapi/document.js';

// Any valid settings will do: the document does not depend on them, and nothing connects to a database.
const settings = readSettings(
  {
    DATABASE_URL: 'postgres://localhost/unused',
    PUSH_TOKENS: `unused=${'x'.repeat(16)}`,
    ADMIN_API_KEY: 'x'.repeat(32),
    LOG_LEVEL: 'error',
  },
  false,
);
const app = await createApp(settings);
writeFileSync('openapi.json', `${JSON.stringify(createDocument(app), null, 2)}\n`);
await app.close();
