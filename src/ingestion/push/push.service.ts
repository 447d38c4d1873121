// A push request in, the answer that the vendor expects out.
import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { DatabaseUnavailableError } from '../../persistence/connections/unavailable.js';
import { arrive } from '../delivery.js';
import { type Failure, isTransient, Keeper, type KeptIn, type Outcome } from '../keeper.js';
import { BodyBudget, BodyNotReadError } from './body-budget.js';
import { readPushBody } from './push-body.js';
import type { PushRequest } from './push.guard.js';

/** Why a push is not acknowledged, as the vendor is told. */
export interface PushRefusal {
  /** Of HTTP. */
  readonly status: number;
  /** Holds no token and nothing of the body. */
  readonly reason: string;
  /** Seconds, for the Retry-After header. */
  readonly retryAfter?: number;
  /** For the log. */
  readonly cause?: unknown;
}

/** A push that is acknowledged, or why it is not. */
export type PushResult = { readonly keptIn: KeptIn } | PushRefusal;

const RETRY_AFTER_S = 5;

const NOT_READ: Readonly<Record<BodyNotReadError['why'], Omit<PushRefusal, 'reason'>>> = {
  'too large': { status: 413 },
  'too slow': { status: 408 },
  'broken off': { status: 400 },
  'too much at once': { status: 503, retryAfter: 1 },
};

@Injectable()
export class PushService {
  constructor(
    private readonly settings: Settings,
    private readonly budget: BodyBudget,
    private readonly keeper: Keeper,
  ) {}

  /** @param arrived is told of the delivery's id, once all of the body has come */
  async take(request: PushRequest, arrived: (deliveryId: string) => void): Promise<PushResult> {
    const receivedAt = Date.now();
    const source = request.pushSource ?? '';
    const share = this.budget.open(source);
    try {
      const { bytes, undecodable } = await readPushBody(request, this.settings.pushBodyLimit, share);
      const delivery = arrive(source, request.ip ?? null, bytes, receivedAt);
      arrived(delivery.id);
      if (undecodable === undefined) return answerTo(await this.keeper.keep(delivery), 400);
      const outcome = await this.keeper.refuse(delivery, undecodable.refusal);
      return answerTo(outcome, undecodable.isUnknown ? 415 : 400);
    } catch (error) {
      if (!(error instanceof BodyNotReadError)) throw error;
      return { ...NOT_READ[error.why], reason: error.message, cause: error.cause };
    } finally {
      share.close();
    }
  }
}

/** @param statusOfRefused of a body that holds no records */
function answerTo(outcome: Outcome, statusOfRefused: number): PushResult {
  if ('kept' in outcome) return { keptIn: outcome.kept };
  if ('nowhere' in outcome) return answerToFailure(outcome.nowhere);
  const { reason, place } = outcome.refused;
  return { status: statusOfRefused, reason: place === '' ? reason : `${reason} at ${place}` };
}

function answerToFailure({ while: step, cause }: Failure): PushRefusal {
  // A fault of this program, which another try would meet again.
  if (step === 'reading' && !isTransient(cause))
    return { status: 500, reason: 'The push could not be taken', cause };
  return { status: 503, reason: reasonOf(step, cause), retryAfter: RETRY_AFTER_S, cause };
}

function reasonOf(step: Failure['while'], cause: unknown): string {
  if (cause instanceof DatabaseUnavailableError) return 'The database is not available';
  return step === 'reading' ? 'The push could not be read' : 'The push could not be written';
}
