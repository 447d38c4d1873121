import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { DatabaseUnavailableError } from '../../persistence/connections/unavailable.js';
import { arrive } from '../delivery.js';
import { type Failure, isTransient, Keeper, type KeptIn, type Outcome } from '../keeper.js';
import type { MessageKind } from '../reading/message-kind.js';
import { BodyBudget, BodyNotReadError } from './body-budget.js';
import { readPushBody } from './push-body.js';
import type { PushRequest } from './push.guard.js';

/** The answer to a push that is not acknowledged. */
interface PushRefusal {
  /** The HTTP status. */
  readonly status: number;
  /** For the vendor. It contains no token and no part of the body. */
  readonly reason: string;
  /** Seconds, for the Retry-After header. */
  readonly retryAfter?: number;
  /** For the log. */
  readonly cause?: unknown;
}

/** The outcome of a push: where it is kept, or why it is not acknowledged. */
export type PushResult = { readonly keptIn: KeptIn } | PushRefusal;

const RETRY_AFTER_S = 5;

const NOT_READ: Readonly<Record<BodyNotReadError['why'], Omit<PushRefusal, 'reason'>>> = {
  'too large': { status: 413 },
  'too slow': { status: 408 },
  'broken off': { status: 400 },
  'too much at once': { status: 503, retryAfter: 1 },
};

/** Reads the body of a push, keeps it as a delivery and decides the answer. */
@Injectable()
export class PushService {
  constructor(
    private readonly settings: Settings,
    private readonly budget: BodyBudget,
    private readonly keeper: Keeper,
  ) {}

  /**
   * @param expects the message of the URL
   * @param arrived gets the ID of the delivery as soon as the whole body has arrived
   */
  async take(
    request: PushRequest,
    expects: MessageKind,
    arrived: (deliveryId: string) => void,
  ): Promise<PushResult> {
    const receivedAt = Date.now();
    const source = request.pushSource ?? '';
    const share = this.budget.open(source);
    let body: Buffer | undefined;
    try {
      const { bytes, undecodable } = await readPushBody(request, this.settings.pushBodyLimit, share);
      const delivery = arrive(source, request.ip ?? null, bytes, receivedAt, expects);
      arrived(delivery.id);
      body = delivery.body;
      if (undecodable === undefined) return answerTo(await this.keeper.keep(delivery), 400);
      const outcome = await this.keeper.refuse(delivery, undecodable.refusal);
      return answerTo(outcome, undecodable.isUnknown ? 415 : 400);
    } catch (error) {
      if (!(error instanceof BodyNotReadError)) throw error;
      return { ...NOT_READ[error.why], reason: error.message, cause: error.cause };
    } finally {
      if (body === undefined) share.close();
      else
        void this.keeper.released(body).then(() => {
          share.close();
        });
    }
  }
}

/** @param statusOfRefused the status for a body that contains no records */
function answerTo(outcome: Outcome, statusOfRefused: number): PushResult {
  if ('kept' in outcome) return { keptIn: outcome.kept };
  if ('nowhere' in outcome) return answerToFailure(outcome.nowhere);
  const { reason, place } = outcome.refused;
  return { status: statusOfRefused, reason: place === '' ? reason : `${reason} at ${place}` };
}

function answerToFailure({ while: step, cause }: Failure): PushRefusal {
  // This is a fault of the program, so a retry would fail too.
  if (step === 'reading' && !isTransient(cause))
    return { status: 500, reason: 'The push could not be taken', cause };
  return { status: 503, reason: reasonOf(step, cause), retryAfter: RETRY_AFTER_S, cause };
}

function reasonOf(step: Failure['while'], cause: unknown): string {
  if (cause instanceof DatabaseUnavailableError) return 'The database is not available';
  return step === 'reading' ? 'The push could not be read' : 'The push could not be written';
}
