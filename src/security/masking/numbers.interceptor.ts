import {
  type CallHandler,
  type ExecutionContext,
  ForbiddenException,
  Injectable,
  type NestInterceptor,
  StreamableFile,
} from '@nestjs/common';
import { isUtf8 } from 'node:buffer';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { mergeMap, type Observable } from 'rxjs';
import { auditedRequest } from '../audit/audited-request.js';
import { AuditLog } from '../audit/audit-log.js';
import { type AuthenticatedRequest, principalOf, seesNumbers } from '../principal.js';
import { countMasked, isFields, maskAnswer } from './answer-mask.js';
import { maskedParts } from './json-text-mask.js';
import { NUMBER_FIELDS } from '../../numbers/json-pieces.js';

/**
 * The one way of answers out of the API: who lacks `numbers:read` gets them with all numbers masked, and what others get to
 * see is noted before they do. It stands in {@link QueryApi}, so that a new operation is masked and noted without doing
 * anything for it.
 */
@Injectable()
export class NumbersInterceptor implements NestInterceptor {
  constructor(private readonly audit: AuditLog) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    return next.handle().pipe(mergeMap((answer: unknown) => this.guarded(answer, request)));
  }

  /** @throws DatabaseUnavailableError when it can't be noted: then nothing is shown */
  private async guarded(answer: unknown, request: AuthenticatedRequest): Promise<unknown> {
    const by = principalOf(request);
    if (answer instanceof StreamableFile) {
      await this.audit.record({ action: 'body.read', by, detail: detailOf(request), rows: 1 });
      return seesNumbers(by) ? answer : maskedFile(answer);
    }
    if (!seesNumbers(by)) return maskAnswer(answer);
    const rows = entriesWithNumbers(answer);
    if (rows > 0) await this.audit.record({ action: 'numbers.read', by, detail: detailOf(request), rows });
    return answer;
  }
}

function detailOf(request: AuthenticatedRequest): Readonly<Record<string, unknown>> {
  return { ...auditedRequest(request), masked: !seesNumbers(principalOf(request)) };
}

/** @throws ForbiddenException for what is no text */
async function maskedFile(file: StreamableFile): Promise<StreamableFile> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.getStream()) chunks.push(chunk as Uint8Array);
  const bytes = Buffer.concat(chunks);
  if (!isUtf8(bytes) || bytes.includes(0)) {
    throw new ForbiddenException(
      'This API key lacks the scope numbers:read, and no number can be masked in this',
    );
  }
  const parts: Buffer[] = [];
  for (const part of maskedParts(bytes.toString('utf8'))) {
    parts.push(Buffer.from(part));
    await nextTurn();
  }
  const { type, disposition } = file.getHeaders();
  return new StreamableFile(Buffer.concat(parts), {
    type,
    ...(disposition !== undefined && { disposition }),
  });
}

/** Entries of a list, or 1 for an answer that is none. */
export function entriesWithNumbers(answer: unknown): number {
  const entries =
    isFields(answer) && Array.isArray(answer['data']) ? (answer['data'] as unknown[]) : [answer];
  return entries.filter((entry) => isNumberGiven(entry) || countMasked(entry) > 0).length;
}

/**
 * Nearly all calls have one in the fields for it, in the entry or in its `call`; the rest is looked through as if it were to
 * be masked, which made the feed of 100,000 calls take 4.9 s instead of 2.8.
 */
function isNumberGiven(entry: unknown): boolean {
  if (!isFields(entry)) return false;
  const isGiven = (name: string) => (entry[name] ?? '') !== '';
  return NUMBER_FIELDS.some(isGiven) || isNumberGiven(entry['call']);
}
