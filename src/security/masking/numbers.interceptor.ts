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
import { StreamedAnswer } from '../../http/answers/streamed-answer.js';
import { WrittenAnswer } from '../../http/answers/written-answer.js';
import { auditedRequest } from '../audit/audited-request.js';
import { AuditLog } from '../audit/audit-log.js';
import { type AuthenticatedRequest, principalOf, seesNumbers } from '../principal.js';
import { countMasked, isFields, maskAnswer } from './answer-mask.js';
import { maskedParts } from './json-text-mask.js';
import { NUMBER_FIELDS } from '../../numbers/json-pieces.js';

/**
 * Every answer of the API passes here. Without `numbers:read`, all phone numbers in it are masked. With it, the read of
 * full numbers is recorded in the audit before the answer is sent. It is part of {@link QueryApi}, so every new
 * operation is masked and recorded too.
 */
@Injectable()
export class NumbersInterceptor implements NestInterceptor {
  constructor(private readonly audit: AuditLog) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    return next.handle().pipe(mergeMap((answer: unknown) => this.guarded(answer, request)));
  }

  /** @throws DatabaseUnavailableError if the audit event cannot be written; then nothing is shown */
  private async guarded(answer: unknown, request: AuthenticatedRequest): Promise<unknown> {
    const by = principalOf(request);
    if (answer instanceof StreamableFile) {
      await this.audit.record({ action: 'body.read', by, detail: detailOf(request), rows: 1 });
      return seesNumbers(by) ? answer : maskedFile(answer);
    }
    if (answer instanceof StreamedAnswer) {
      return seesNumbers(by) ? answer.before(({ withNumbers }) => this.note(withNumbers, request)) : answer;
    }
    const isWritten = answer instanceof WrittenAnswer;
    if (!seesNumbers(by)) return isWritten ? answer : maskAnswer(answer);
    await this.note(isWritten ? answer.withNumbers : entriesWithNumbers(answer), request);
    return answer;
  }

  /** Records that entries with full numbers are read. */
  private async note(rows: number, request: AuthenticatedRequest): Promise<void> {
    const by = principalOf(request);
    if (rows > 0) await this.audit.record({ action: 'numbers.read', by, detail: detailOf(request), rows });
  }
}

function detailOf(request: AuthenticatedRequest): Readonly<Record<string, unknown>> {
  return { ...auditedRequest(request), masked: !seesNumbers(principalOf(request)) };
}

/** @throws ForbiddenException if the file is not text */
async function maskedFile(file: StreamableFile): Promise<StreamableFile> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.getStream()) chunks.push(chunk as Uint8Array);
  const bytes = Buffer.concat(chunks);
  if (!isUtf8(bytes) || bytes.includes(0)) {
    throw new ForbiddenException(
      'This API key lacks the scope numbers:read. The body is not text, so its phone numbers cannot be masked.',
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

/** Counts the entries of a list that hold phone numbers. An answer that is not a list counts as one entry. */
function entriesWithNumbers(answer: unknown): number {
  const entries =
    isFields(answer) && Array.isArray(answer['data']) ? (answer['data'] as unknown[]) : [answer];
  return entries.filter((entry) => isNumberGiven(entry) || countMasked(entry) > 0).length;
}

/**
 * Whether the entry or its `call` has a phone number in a field for one, which nearly all calls have. Only other
 * entries are searched as if they were to be masked. Without this shortcut, the feed of 100,000 calls took 4.9 s
 * instead of 2.8 s.
 */
function isNumberGiven(entry: unknown): boolean {
  if (!isFields(entry)) return false;
  const isGiven = (name: string) => (entry[name] ?? '') !== '';
  return NUMBER_FIELDS.some(isGiven) || isNumberGiven(entry['call']);
}
