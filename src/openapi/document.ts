// The modules' own descriptions in, the API's OpenAPI 3.1 document out.
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { readFileSync } from 'node:fs';
import { addBounds, closeBodies, keepExamplesFromForms, withNullTypes } from './document-passes.js';
import { addCommonAnswers } from './common-answers.js';
import { INTRODUCTION } from './introduction.js';
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
