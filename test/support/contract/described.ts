import 'reflect-metadata';
import { createApp } from '../../../src/app.setup.js';
import { readSettings } from '../../../src/config/read-settings.js';
import { createDocument } from '../../../src/openapi/document.js';
import { descriptionOnce } from './description.js';

/** The API's description without a running service, for tests that are made from it. */
export function describedApi(): Promise<string> {
  return descriptionOnce(describe);
}

async function describe(): Promise<string> {
  const settings = readSettings(
    {
      DATABASE_URL: 'postgres://localhost/unused',
      PUSH_TOKENS: `unused=${'x'.repeat(16)}`,
      ADMIN_API_KEY: 'x'.repeat(32),
      LOG_LEVEL: 'fatal',
    },
    false,
  );
  const app = await createApp(settings);
  try {
    return JSON.stringify(createDocument(app));
  } finally {
    await app.close();
  }
}
