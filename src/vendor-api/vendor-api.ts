import { Backoff, type BackoffOptions } from '../background/backoff.js';
import type { VendorAccess } from '../config/settings.js';
import type { AnswerObject } from './answer-object.js';
import { dataOf } from './envelope.js';
import { exchange, type ExchangeLimits } from './exchange.js';
import { allRows } from './listing.js';
import { RequestPace } from './request-pace.js';
import { signed } from './signature.js';
import { VendorApiError } from './vendor-api-error.js';
import {
  type ConversationKey,
  conversationParameters,
  readVendorConversation,
  type VendorConversation,
} from './vendor-conversation.js';
import { type DetailFilter, detailParameters, readVendorDetail, type VendorDetail } from './vendor-detail.js';
import { readVendorTask, type VendorTask } from './vendor-task.js';

/** How the vendor's API is asked. */
export interface VendorApiOptions extends ExchangeLimits {
  readonly requestsPerSecond: number;
  /** Rows of a page that are asked for. The vendor may grant fewer. */
  readonly pageSize: number;
  /** Tries of a request that is throttled or gets no answer. */
  readonly tries: number;
  readonly backoff: BackoffOptions;
}

/** The version of the product `aiccs` that has these operations. */
const VERSION = '2019-10-15';

/**
 * The answers are parsed by the lossless parser, which takes forty times their size in memory. 8 tries with these pauses
 * take some 2 minutes. Sister operations of the vendor allow 20 requests a second or more.
 */
const DEFAULTS: VendorApiOptions = {
  requestsPerSecond: 5,
  pageSize: 100,
  tries: 8,
  backoff: { firstMs: 1000, longestMs: 60_000, jitter: true },
  answerBeginsMs: 30_000,
  answerEndsMs: 30_000,
  mostBytes: 4 * 1024 * 1024,
};

/** Sends a request once. It is a function, so that no object that may be logged holds the access key. */
type Send = (
  action: string,
  parameters: Readonly<Record<string, string>>,
  signal: AbortSignal,
) => Promise<AnswerObject | null>;

/**
 * Asks the vendor's query API. Requests that are throttled or get no answer are sent again, with growing pauses. All
 * methods throw a {@link VendorApiError} when there is no usable answer, and the signal's reason when it aborts.
 */
export class VendorApi {
  private readonly options: VendorApiOptions;
  private readonly pace: RequestPace;
  private readonly send: Send;

  constructor(access: VendorAccess, options: Partial<VendorApiOptions> = {}) {
    this.options = { ...DEFAULTS, ...options };
    this.pace = new RequestPace(this.options.requestsPerSecond);
    this.send = async (action, parameters, signal) => {
      const request = signed({ action, version: VERSION, parameters }, access);
      return dataOf(action, await exchange(request, this.options, signal), secretsOf(access));
    };
  }

  /** All tasks of the account, or the one with this id. */
  tasks(signal: AbortSignal, taskId?: string): AsyncGenerator<VendorTask> {
    const parameters: Record<string, string> = taskId === undefined ? {} : { TaskId: taskId };
    return this.list('QueryAiCallTaskPage', parameters, readVendorTask, (task) => task.taskId, signal);
  }

  /** The entries of a task in one of the three statuses. */
  details(filter: DetailFilter, signal: AbortSignal): AsyncGenerator<VendorDetail> {
    const parameters = detailParameters(filter);
    const action = 'QueryAiCallDetailPage';
    return this.list(action, parameters, readVendorDetail, (detail) => detail.detailId, signal);
  }

  /**
   * The call of an entry. The caller must compare the ids of the answer with what it asked for.
   *
   * @returns undefined when the vendor has no such call
   */
  async conversation(key: ConversationKey, signal: AbortSignal): Promise<VendorConversation | undefined> {
    const data = await this.ask('QueryConversationDetailInfoNew', conversationParameters(key), signal);
    return data === null ? undefined : readVendorConversation(data);
  }

  private list<T>(
    action: string,
    parameters: Readonly<Record<string, string>>,
    readRow: (row: AnswerObject) => T,
    keyOf: (row: T) => string,
    signal: AbortSignal,
  ): AsyncGenerator<T> {
    const read = async (pageNo: number, pageSize: number) => {
      const page = { PageNo: String(pageNo), PageSize: String(pageSize) };
      const data = await this.ask(action, { ...parameters, ...page }, signal);
      if (data === null) throw new VendorApiError('unreadable', `${action}: Data is missing`);
      return { rows: data.list('List').map(readRow), total: data.requiredCount('Total') };
    };
    return allRows({ action, read, keyOf, pageSize: this.options.pageSize });
  }

  private async ask(
    action: string,
    parameters: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<AnswerObject | null> {
    const backoff = new Backoff(this.options.backoff);
    for (let tries = 1; ; tries += 1) {
      await this.pace.turn(signal);
      try {
        return await this.send(action, parameters, signal);
      } catch (error) {
        if (!(error instanceof VendorApiError && error.mayPass) || tries >= this.options.tries) throw error;
        this.pace.hold(Math.max(backoff.failed(), error.retryAfterMs));
      }
    }
  }
}

function secretsOf({ accessKeySecret, securityToken }: VendorAccess): string[] {
  return securityToken === undefined ? [accessKeySecret] : [accessKeySecret, securityToken];
}
