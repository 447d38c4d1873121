import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  StreamableFile,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import { hash } from 'node:crypto';
import { map, type Observable } from 'rxjs';
import { stringifyExact } from './exact-json.js';

/** Writes answers so that no number of a call's `extra` loses a digit, with an ETag for those who ask again. */
@Injectable()
export class ExactJsonInterceptor implements NestInterceptor<unknown, string | StreamableFile> {
  intercept(context: ExecutionContext, next: CallHandler): Observable<string | StreamableFile> {
    const http = context.switchToHttp();
    const response = http.getResponse<Response>();
    const isRead = http.getRequest<Request>().method !== 'POST';
    response.type('application/json');
    return next.handle().pipe(
      map((answer: unknown) => {
        if (answer instanceof StreamableFile) return answer;
        // The route has written its answer itself.
        if (response.headersSent) return '';
        const json = stringifyExact(answer);
        // Weak: the same answer is sent compressed or not. Express answers 304 if the client has it.
        if (isRead) response.setHeader('ETag', `W/"${hash('sha1', json, 'base64')}"`);
        return json;
      }),
    );
  }
}
