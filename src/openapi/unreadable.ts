// The refusals by the HTTP parser, which are possible for every operation. The document has them once, and
// operations refer to them.
import type { OpenAPIObject } from '@nestjs/swagger';
import { HTTP_METHODS, NOT_STORED, RATE_LIMIT, REQUEST_ID_HEADER } from './common-answers.js';

type Responses = NonNullable<NonNullable<OpenAPIObject['components']>['responses']>;

const PROBLEM = { $ref: '#/components/schemas/Problem' };
const PUSH_ANSWER = { $ref: '#/components/schemas/PushAnswer' };

interface Refusal {
  readonly status: number;
  readonly title: string;
  readonly description: string;
  readonly detail: string;
}

const TOO_LATE: Refusal = {
  status: 408,
  title: 'Request Timeout',
  description: 'The headers did not arrive within 10 s, or the whole request did not arrive within a minute.',
  detail: 'The request did not come in time',
};
const TOO_LARGE: Refusal = {
  status: 431,
  title: 'Request Header Fields Too Large',
  description: 'The first line and the headers are larger than 16 kB together.',
  detail: 'The first line and the headers are larger than 16384 bytes',
};

/**
 * Adds 408 and 431 to all operations. Changes the document in place. Call it after {@link addCommonAnswers},
 * because these answers have their own headers.
 */
export function addUnreadableAnswers(document: OpenAPIObject): void {
  document.components = { ...document.components, responses: responses() };
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of HTTP_METHODS) {
      const operation = item[method];
      if (operation === undefined) continue;
      const timeout = path.startsWith('/push') ? 'PushTimeout' : 'RequestTimeout';
      operation.responses['408'] = { $ref: `#/components/responses/${timeout}` };
      operation.responses['431'] = { $ref: '#/components/responses/HeadersTooLarge' };
    }
  }
}

function responses(): Responses {
  const ofProblem = answerOf(TOO_LATE);
  const example = { code: TOO_LATE.status, msg: TOO_LATE.detail };
  return {
    // If it is the body that is late, the request has already been counted for the key.
    RequestTimeout: { ...ofProblem, headers: { ...ofProblem.headers, ...RATE_LIMIT } },
    // Before the headers have arrived, the service does not know that it is a push, and answers in the common form.
    PushTimeout: {
      ...ofProblem,
      description:
        'The headers did not arrive within 10 s, the whole request did not arrive within a minute, or less than 16 kB of the body arrived within 5 s. Nothing is kept.',
      content: { ...ofProblem.content, 'application/json': { schema: PUSH_ANSWER, example } },
    },
    HeadersTooLarge: answerOf(TOO_LARGE),
  };
}

function answerOf({ status, title, description, detail }: Refusal) {
  const requestId = REQUEST_ID_HEADER['X-Request-Id'].schema.example;
  const example = { type: 'about:blank', title, status, detail, errors: [], requestId };
  return {
    description,
    headers: { ...REQUEST_ID_HEADER, ...NOT_STORED },
    content: { 'application/problem+json': { schema: PROBLEM, example } },
  };
}
