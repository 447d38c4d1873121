// Makes the API's OpenAPI 3.1 document from the modules' decorators.
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { readFileSync } from 'node:fs';
import { addBounds, closeBodies, keepExamplesFromForms, withNullTypes } from './document-passes.js';
import { addCommonAnswers } from './common-answers.js';
import { addUnreadableAnswers } from './unreadable.js';
import { addWebhooks } from './webhooks.js';

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

/** Makes the document of all routes of the application. */
export function createDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Call Ledger')
    .setDescription(INTRODUCTION)
    .setVersion(version())
    .setLicense('Proprietary', 'https://spdx.org/licenses/')
    .addServer('/')
    .addTag('Push', 'The vendor pushes call records here.')
    .addTag('Calls', 'Single calls and lists of calls.')
    .addTag('Tasks and batches', 'Campaigns, and the totals of their calls.')
    .addTag('Statistics', 'Sums of calls, by time and by fields.')
    .addTag('Changes', 'Changes of calls, for clients that keep a copy of the ledger.')
    .addTag('Webhooks', 'Changes of calls, sent to the URLs of others.')
    .addTag('Exports', 'Calls as files.')
    .addTag('Deliveries', 'Pushes, and what each of them did.')
    .addTag('Quarantine', 'Records and bodies that could not be read as calls.')
    .addTag('Completeness', "Comparison with the vendor's counts, and repair of what is missing.")
    .addTag('API keys', 'Keys for this API, and what each may do.')
    .addTag('People', 'The sessions of people who have signed in.')
    .addTag('Audit', 'The record of who read, changed or erased what.')
    .addTag('Privacy', 'Erasure of a phone number everywhere.')
    .addTag('Health', 'For orchestrators and operators.')
    // addBearerAuth() is not used, because it would describe the keys as JWT.
    .addSecurity('apiKey', {
      type: 'http',
      scheme: 'bearer',
      description: 'An API key. It needs one of the scopes that `x-scopes` names.',
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
  addWebhooks(document);
  return document;
}

/** What users of the API need to know first, as Markdown. */
const INTRODUCTION = `
The service takes and keeps every call record that Alibaba Cloud's Intelligent Communications Agent pushes. It answers questions about the calls.

**Keys.** All of \`/v1\` needs an API key: \`Authorization: Bearer <key>\`. On this page, click **Authorize** and enter the key under \`apiKey\`. The
page keeps the key until you close the tab. Each operation lists its scopes. Your key needs one of them.

**Try it out.** Every \`GET\` works with the values that are filled in. An id in the path is the newest one that your key may see. If there is none
yet, enter one.

**Lists** come in pages: the \`nextCursor\` of one page is the \`cursor\` of the next. To give a parameter several values,
separate them by commas or repeat the parameter. A parameter that is not described is refused.

**Times** in queries are ISO 8601 with an offset (escape \`+\` as \`%2B\`), or dates. A date is a day in \`timeZone\`. A range includes \`from\` and
ends before \`to\`. Times in answers are in UTC.

**Bodies** are JSON. A field that is null counts as missing. A field that is not described is refused.

**Errors** are \`application/problem+json\` (RFC 9457). An answer lists everything that is wrong with the request. The header
\`X-Request-Id\` of every answer has the same id as the log:

\`\`\`json
{
  "type": "about:blank",
  "title": "Bad Request",
  "status": 400,
  "detail": "The request has 1 invalid parameter",
  "requestId": "0b0a5c1e-6c5f-4c3a-9d0e-7c1b7d1c9f52",
  "errors": [{ "path": "limit", "message": "must be a whole number from 1 to 1000" }]
}
\`\`\`

Pushes are answered in the vendor's form instead: \`{"code": 400, "msg": "…"}\`.

**Methods.** A method that the path does not have is answered 405, with the path's methods in \`Allow\`. \`HEAD\` answers as \`GET\` does, without the
body. \`OPTIONS\` answers 204 with \`Allow\`. Bytes that are not HTTP are answered 400.
`.trim();
