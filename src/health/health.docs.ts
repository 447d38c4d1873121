// How the health checks stand in the API's description.
import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { InvalidRequest } from '../http/problem.docs.js';

const indicators = {
  type: 'object' as const,
  description: 'The checks by their names.',
  additionalProperties: {
    type: 'object' as const,
    properties: { status: { type: 'string' as const, example: 'up' } },
  },
};

function resultSchema(status: string, checks: readonly string[]) {
  const each = Object.fromEntries(
    checks.map((check) => [check, { status: status === 'ok' ? 'up' : 'down' }]),
  );
  return {
    type: 'object' as const,
    properties: {
      status: { type: 'string' as const, description: '`ok`, `degraded` or `error`.', example: status },
      info: indicators,
      error: indicators,
      details: indicators,
    },
    required: ['status', 'details'],
    example: {
      status,
      info: status === 'ok' ? each : {},
      error: status === 'ok' ? {} : each,
      details: each,
    },
  };
}

export function HealthDocs({
  checks,
  mayFail,
}: {
  checks: readonly string[];
  mayFail: boolean;
}): MethodDecorator {
  const responses = [
    ApiResponse({ status: 200, description: 'Yes.', schema: resultSchema('ok', checks) }),
    InvalidRequest(),
  ];
  if (mayFail) {
    responses.push(ApiResponse({ status: 503, description: 'No.', schema: resultSchema('error', checks) }));
  }
  return applyDecorators(...responses);
}
