import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  StreamableFile,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { mergeMap, type Observable } from 'rxjs';
import { noteHeld } from '../connections/connection-limits.js';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Semaphore } from '../../background/semaphore.js';
import { Turns } from '../../background/turns.js';
import { stringifyExact } from '../../json/exact-numbers.js';
import { ProblemFilter } from '../problems/problem.filter.js';
import { StreamedAnswer } from './streamed-answer.js';
import { WrittenAnswer } from './written-answer.js';

type Answer = string | StreamableFile | undefined;

/**
 * Writes answers as JSON, so that no number in a call's `extra` loses a digit. Answers to GET and HEAD get an ETag.
 */
@Injectable()
export class ExactJsonInterceptor implements NestInterceptor<unknown, Answer> {
  /** Also for what fails while an answer is sent: Nest's own filters do not see it. */
  private readonly problems = new ProblemFilter();

  intercept(context: ExecutionContext, next: CallHandler): Observable<Answer> {
    const http = context.switchToHttp();
    const response = http.getResponse<Response>();
    const request = http.getRequest<Request>();
    const isRead = ['GET', 'HEAD'].includes(request.method);
    return next.handle().pipe(
      mergeMap(async (answer: unknown) => {
        // There is no answer, or the route has written it itself.
        if (answer === undefined || response.headersSent) return undefined;
        if (answer instanceof StreamableFile) return answer;
        if (answer instanceof StreamedAnswer) {
          response.type(answer.mediaType);
          noteHeld(response, answer.held);
          return new StreamableFile(Readable.from(answer.texts())).setErrorHandler((error) => {
            this.problems.catch(error, context);
          });
        }
        const isWritten = answer instanceof WrittenAnswer;
        response.type(isWritten ? answer.mediaType : 'application/json');
        const content = isWritten ? answer.content : await answerJson(answer);
        const length = lengthOf(content);
        noteHeld(response, () => length);
        // The ETag is weak, because the same answer is sent compressed or not. Express answers 304 if the client
        // has it.
        if (isRead) response.setHeader('ETag', etagOf(content));
        if (typeof content === 'string') return content;
        if (isWritten) {
          response.once('finish', () => {
            answer.free();
          });
        }
        return isRead && request.fresh ? '' : new StreamableFile(Readable.from(content));
      }),
    );
  }
}

/**
 * Uses CRC-32 and the length. For a page of 1,000 calls, SHA-1 took 2 ms, a twentieth of the time of the whole
 * answer.
 */
function etagOf(content: string | readonly Buffer[]): string {
  const parts = typeof content === 'string' ? [content] : content;
  const sum = parts.reduce((before, part) => crc32(part, before), 0);
  return `W/"${lengthOf(content).toString(36)}-${sum.toString(36)}"`;
}

function lengthOf(content: string | readonly Buffer[]): number {
  return typeof content === 'string' ? content.length : content.reduce((sum, part) => sum + part.length, 0);
}

/** Entries that are written in one go. They mostly take 2 ms or less. */
const ENTRIES_AT_ONCE = 100;
/** Other work gets its turn once so many ms have passed. */
const LONGEST_TURN_MS = 2;
/**
 * One long list is written at a time. The process has one thread: with two at once, all others would wait twice as
 * long.
 */
const oneLongList = new Semaphore(1);

type Fields = Readonly<Record<string, unknown>>;

async function answerJson(answer: unknown): Promise<string> {
  if (!isLongList(answer)) return stringifyExact(answer);
  return oneLongList.run(async () => {
    const { data, ...rest } = answer;
    const others = stringifyExact(rest).slice(1);
    return `{"data":${await listJson(data)}${others === '}' ? '' : ','}${others}`;
  });
}

async function listJson(entries: readonly unknown[]): Promise<string> {
  const parts: string[] = [];
  const turns = new Turns(LONGEST_TURN_MS);
  for (let at = 0; at < entries.length; at += ENTRIES_AT_ONCE) {
    parts.push(stringifyExact(entries.slice(at, at + ENTRIES_AT_ONCE)).slice(1, -1));
    await turns.next();
  }
  // Short lists that wait for this one do not follow in the same turn.
  await nextTurn();
  return `[${parts.join(',')}]`;
}

function isLongList(answer: unknown): answer is Fields & { readonly data: readonly unknown[] } {
  if (typeof answer !== 'object' || answer === null || !('data' in answer)) return false;
  return Array.isArray(answer.data) && answer.data.length > ENTRIES_AT_ONCE;
}
