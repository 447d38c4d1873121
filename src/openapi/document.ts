// The modules' own descriptions in, the API's OpenAPI 3.1 document out.
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { readFileSync } from 'node:fs';
import { addBounds } from './bounds.js';
import { addCommonAnswers } from './common-answers.js';
import { docsPage } from './docs-page.js';
import { docsPlugin } from './docs-plugin.js';
import { keepExamplesFromForms } from './examples.js';
import { INTRODUCTION } from './introduction.js';
import { withNullTypes } from './nullable.js';
import { closeBodies } from './request-bodies.js';
import { addUnreadableAnswers } from './unreadable.js';

interface PackageFile {
  readonly version: string;
}

function isPackageFile(value: unknown): value is PackageFile {
  return (
    typeof value === 'object' && value !== null && 'version' in value && typeof value.version === 'string'
  );
}

function version(): string {
  const file: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return isPackageFile(file) ? file.version : '0.0.0';
}

export function createDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Call Ledger')
    .setDescription(INTRODUCTION)
    .setVersion(version())
    .setLicense('Proprietary', 'https://spdx.org/licenses/')
    .addServer('/')
    .addTag('Push', 'Where the vendor pushes call records to.')
    .addTag('Calls', 'Single calls and lists of them.')
    .addTag('Tasks and batches', 'Campaigns and what their calls add up to.')
    .addTag('Statistics', 'What calls add up to, by time and by what they have in common.')
    .addTag('Changes', 'What changed, for whoever keeps a copy.')
    .addTag('Exports', 'Calls as files.')
    .addTag('Deliveries', 'Pushes, and what each did.')
    .addTag('Quarantine', 'What could not be read as a call.')
    .addTag('API keys', 'Who may ask, and what.')
    .addTag('Audit', 'Who did what that has to be accounted for.')
    .addTag('Privacy', 'How a number is erased everywhere.')
    .addTag('Health', 'For orchestrators and operators.')
    // Not addBearerAuth(), which would call them JWT.
    .addSecurity('apiKey', {
      type: 'http',
      scheme: 'bearer',
      description: 'An API key, which needs one of the scopes that `x-scopes` names.',
    })
    .addSecurity('pushToken', { type: 'http', scheme: 'bearer', description: 'A push token.' })
    .addSecurity('pushPassword', {
      type: 'http',
      scheme: 'basic',
      description: 'A push token as the password.',
    })
    .build();
  const document = SwaggerModule.createDocument(app, config, { autoTagControllers: false });
  addCommonAnswers(document);
  addUnreadableAnswers(document);
  keepExamplesFromForms(document);
  closeBodies(document);
  withNullTypes(document);
  addBounds(document);
  return document;
}

/** Serves the document at /openapi.json and /openapi.yaml, and for people at /docs. */
export function serveDocument(app: INestApplication): void {
  const page = docsPage('Call Ledger API');
  // Before Nest's own, which thus never answers.
  for (const path of ['/docs', '/docs/index.html']) app.getHttpAdapter().get(path, page);
  SwaggerModule.setup('docs', app, () => createDocument(app), {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
    // Without the bar of the specimen; and without the badge for which a site of the maker is told of this document.
    swaggerOptions: { layout: 'BaseLayout', validatorUrl: null, plugins: [docsPlugin] },
  });
}
