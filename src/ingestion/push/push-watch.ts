// Every push from its first byte to the end of its answer in, whatever refuses it; its outcome counted out.
import { Injectable, type NestMiddleware } from '@nestjs/common';
import type { Response } from 'express';
import { outcomeOf, PushMetrics } from './push.metrics.js';
import type { PushRequest } from './push.guard.js';

@Injectable()
export class PushWatch implements NestMiddleware {
  constructor(private readonly metrics: PushMetrics) {}

  use(request: PushRequest, response: Response, next: () => void): void {
    const begin = performance.now();
    response.once('close', () => {
      const { pushSource, keptIn } = request;
      const outcome = response.writableFinished ? outcomeOf(response.statusCode, keptIn) : 'broken_off';
      this.metrics.ended(pushSource, outcome, (performance.now() - begin) / 1000);
    });
    next();
  }
}
