import { Injectable } from '@nestjs/common';
import type { Principal } from '../../security/principal.js';
import { type CodeTable, SMART_STATUS_CODES, STATUS_CODES } from '../../codes/status-codes.js';
import type { StatusCodeDto, StatusCodes } from './status-code.dto.js';
import { type CodeCount, StatusCodeRepository } from './status-code.repository.js';

@Injectable()
export class StatusCodesService {
  constructor(private readonly codes: StatusCodeRepository) {}

  async list(asker: Principal): Promise<StatusCodes> {
    const counts = await this.codes.counts(asker);
    return {
      statusCode: withCounts(STATUS_CODES, counts, (count) => count.status_code),
      smartStatusCode: withCounts(SMART_STATUS_CODES, counts, (count) => count.smart_status_code),
    };
  }
}

/** Returns the documented codes in the tables' order, then the observed ones, sorted. */
function withCounts(
  table: CodeTable,
  counts: readonly CodeCount[],
  codeOf: (count: CodeCount) => string,
): StatusCodeDto[] {
  const calls = new Map([...table.keys()].map((code) => [code, 0]));
  for (const count of counts) {
    const code = codeOf(count);
    if (code !== '') calls.set(code, (calls.get(code) ?? 0) + Number(count.calls));
  }
  const seen = [...calls.keys()].filter((code) => !table.has(code)).sort();
  return [...table.keys(), ...seen].map((code) => ({
    code,
    label: table.get(code) ?? null,
    provenance: table.has(code) ? 'documented' : 'observed',
    calls: calls.get(code) ?? 0,
  }));
}
