// A push request in, the answer that the vendor expects out.
import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { Settings } from '../../config/settings.js';
import { arrive } from '../delivery.js';
import { DeliveryIntake } from '../delivery-intake.js';
import type { PushAnswer } from './push-answer.dto.js';
import { readPushBody, UnreadableEncodingError } from './push-body.js';
import type { PushRequest } from './push.guard.js';

@Injectable()
export class PushService {
  constructor(
    private readonly settings: Settings,
    private readonly intake: DeliveryIntake,
  ) {}

  /** @throws PushError for every push that is not acknowledged */
  async take(request: PushRequest, response: Response): Promise<PushAnswer> {
    const receivedAt = Date.now();
    const arrival = (body: Buffer) => {
      const delivery = arrive(request.pushSource ?? '', request.ip ?? null, body, receivedAt);
      response.setHeader('X-Delivery-Id', delivery.id);
      return delivery;
    };
    try {
      await this.intake.take(arrival(await readPushBody(request, this.settings.pushBodyLimit)));
    } catch (error) {
      if (!(error instanceof UnreadableEncodingError)) throw error;
      await this.intake.refuse(arrival(error.body), error);
    }
    return { code: 0, msg: 'Success' };
  }
}
