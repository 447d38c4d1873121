import {
  type CallHandler,
  type ExecutionContext,
  ForbiddenException,
  Injectable,
  type NestInterceptor,
  StreamableFile,
} from '@nestjs/common';
import { isUtf8 } from 'node:buffer';
import { mergeMap, type Observable } from 'rxjs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type AskedRequest, principalOf, seesNumbers } from '../principal.js';
import { maskAnswer } from './answer-mask.js';
import { maskedParts } from './json-text-mask.js';

/**
 * The one way of answers out of the API: who lacks `numbers:read` gets them with all numbers masked. It stands in
 * {@link QueryApi}, so that a new operation is masked without doing anything for it.
 */
@Injectable()
export class NumbersInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const principal = principalOf(context.switchToHttp().getRequest<AskedRequest>());
    if (seesNumbers(principal)) return next.handle();
    return next.handle().pipe(mergeMap((answer: unknown) => masked(answer)));
  }
}

async function masked(answer: unknown): Promise<unknown> {
  if (answer instanceof StreamableFile) return maskedFile(answer);
  return (await maskAnswer(answer)).answer;
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
