// A push request in, the answer that the vendor expects out.
import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { Settings } from '../../config/settings.js';
import { DELIVERY_ID } from '../../http/api-headers.js';
import { arrive } from '../delivery.js';
import { DeliveryIntake } from '../delivery-intake.js';
import { BodyBudget } from './body-budget.js';
import type { PushAnswer } from './push-answer.dto.js';
import { readPushBody, UnreadableEncodingError } from './push-body.js';
import type { PushRequest } from './push.guard.js';

/** A text, not its bytes: Node.js writes it together with the headers. */
const KEPT = JSON.stringify({ code: 0, msg: 'Success' } satisfies PushAnswer);

/** What a push is taken to hold while it has not said how much it does. */
const UNDECLARED_BYTES = 65_536;

@Injectable()
export class PushService {
  constructor(
    private readonly settings: Settings,
    private readonly budget: BodyBudget,
    private readonly intake: DeliveryIntake,
  ) {}

  /**
   * Acknowledges a push once it is kept. The answer is always the same: making it anew, and looking up its type, was a fortieth
   * of a push of one record.
   *
   * @throws PushError for every push that is not acknowledged
   */
  async take(request: PushRequest, response: Response): Promise<void> {
    const receivedAt = Date.now();
    const arrival = (body: Buffer) => {
      const delivery = arrive(request.pushSource ?? '', request.ip ?? null, body, receivedAt);
      response.setHeader(DELIVERY_ID, delivery.id);
      return delivery;
    };
    const declared = Number(request.headers['content-length'] ?? UNDECLARED_BYTES);
    const giveBack: (() => void)[] = [];
    let taken = 0;
    const take = (bytes: number) => {
      giveBack.push(this.budget.take(bytes));
      taken += bytes;
    };
    try {
      take(declared);
      const body = await readPushBody(request, this.settings.pushBodyLimit, take);
      take(Math.max(0, body.length - taken));
      request.keptIn = await this.intake.take(arrival(body));
    } catch (error) {
      if (!(error instanceof UnreadableEncodingError)) throw error;
      await this.intake.refuse(arrival(error.body), error, error.status);
    } finally {
      for (const give of giveBack) give();
    }
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    response.setHeader('Content-Length', Buffer.byteLength(KEPT));
    response.end(KEPT);
  }
}
