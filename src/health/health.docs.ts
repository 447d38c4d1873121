// How the health checks stand in the API's description.
import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { InvalidRequest } from '../http/problem.docs.js';
import { HealthReport } from './health-report.dto.js';

/** @param check the name of the indicator that is asked, if any */
export function HealthDocs({ check }: { check?: 'database' | 'schema' }): MethodDecorator {
  const found = (status: string, message?: string) =>
    check === undefined ? {} : { [check]: { status, ...(message !== undefined && { message }) } };
  const up = found('up');
  const down = found('down', check === 'schema' ? 'The schema is not migrated yet' : 'It can not be reached');
  const no = check === undefined ? 'shutting_down' : 'error';
  return applyDecorators(
    ApiExtraModels(HealthReport),
    report(200, 'Yes.', { status: 'ok', info: up, error: {}, details: up }),
    InvalidRequest(),
    report(503, 'No, or not any more: the service is shutting down.', {
      status: no,
      info: {},
      error: down,
      details: down,
    }),
  );
}

function report(status: number, description: string, example: object): MethodDecorator {
  return ApiResponse({
    status,
    description,
    content: { 'application/json': { schema: { $ref: getSchemaPath(HealthReport) }, example } },
  });
}
