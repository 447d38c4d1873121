import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Response } from 'express';
import { map, type Observable } from 'rxjs';
import { stringifyExact } from './exact-json.js';

/** Writes answers so that no number of a call's `extra` loses a digit. */
@Injectable()
export class ExactJsonInterceptor implements NestInterceptor<unknown, string> {
  intercept(context: ExecutionContext, next: CallHandler): Observable<string> {
    context.switchToHttp().getResponse<Response>().type('application/json');
    return next.handle().pipe(map((answer) => stringifyExact(answer)));
  }
}
