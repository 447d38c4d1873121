import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { CallFactory } from '../records/call-factory.js';
import type { CampaignOptions } from '../records/campaign-options.js';
import { Purpose } from '../records/random.js';
import { ApiOperations, ApiRefusal, type Parameters } from './api-operations.js';
import type { ApiFaults } from './api-faults.js';
import { ApiRows, type Row } from './api-rows.js';
import { type AccessKey, signatureProblem } from './signature-check.js';
import { VendorCalls } from './vendor-calls.js';

/** How the query API is served. */
export interface VendorApiOptions {
  /** 0: any free port. */
  readonly port: number;
  /** Null: every key is right. */
  readonly accessKey: AccessKey | null;
  readonly faults: ApiFaults;
}

const ERROR_KINDS = 4;
/** Ids of 16 digits or more, as they stand in a row. */
const LONG_ID = /"(TaskId|BatchId|DetailId|CallId)":"([1-9]\d{15,20})"/g;

/**
 * The vendor's query API for the calls of a run, also for those that are never pushed. It knows all calls from the
 * beginning, so its tasks are "running" until {@link finish} says that all is pushed.
 */
export class VendorApiServer {
  private readonly operations: ApiOperations;
  private readonly factory: CallFactory;
  private readonly server: Server;
  private requests = 0;

  private constructor(
    campaign: CampaignOptions,
    private readonly options: VendorApiOptions,
  ) {
    this.factory = new CallFactory(campaign);
    const calls = new VendorCalls(this.factory, Date.now());
    const rows = new ApiRows(this.factory, options.faults);
    this.operations = new ApiOperations(calls, rows, options.faults.pageLimit);
    this.server = createServer((request, response) => {
      this.take(request, response).catch(() => response.destroy());
    });
  }

  /** @throws Error when the port can't be used */
  static async listening(campaign: CampaignOptions, options: VendorApiOptions): Promise<VendorApiServer> {
    const api = new VendorApiServer(campaign, options);
    await new Promise<void>((resolve, reject) => {
      api.server.once('error', reject);
      api.server.listen(options.port, '127.0.0.1', resolve);
    });
    return api;
  }

  get url(): string {
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('The server does not listen');
    return `http://127.0.0.1:${address.port}`;
  }

  /** Ends the campaigns: no calls are under way any more. */
  finish(): void {
    this.operations.isRunning = false;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readText(request);
    this.requests += 1;
    const problem = signatureProblem(request, body, this.options.accessKey);
    if (problem !== undefined) send(response, 403, failure(problem, 'The request is not signed rightly.'));
    else if (!this.fail(response)) this.answer(request, response);
  }

  /** Answers with a fault, if this request has one. Returns whether it has. */
  private fail(response: ServerResponse): boolean {
    const { throttling, errors } = this.options.faults;
    const random = this.factory.streams.stream(Purpose.ApiFault, this.requests);
    const isThrottled = random.chance(throttling);
    const hasError = random.chance(errors);
    if (isThrottled)
      send(response, 200, failure('Throttling.User', 'Request was denied due to user flow control.'));
    else if (hasError) sendError(response, random.between(0, ERROR_KINDS - 1));
    return isThrottled || hasError;
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const parameters: Parameters = new Map(new URL(request.url ?? '/', this.url).searchParams);
    try {
      const data = this.operations.answer(String(request.headers['x-acs-action']), parameters);
      send(response, 200, this.success(data));
    } catch (error) {
      if (!(error instanceof ApiRefusal)) throw error;
      send(response, 200, failure(error.code, error.message));
    }
  }

  private success(data: Row | null): string {
    const text = JSON.stringify({ RequestId: 'R', Code: 'OK', Message: 'OK', Success: true, Data: data });
    const random = this.factory.streams.stream(Purpose.ApiNumberIds, this.requests);
    return random.chance(this.options.faults.numberIds) ? text.replaceAll(LONG_ID, '"$1":$2') : text;
  }
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'application/json;charset=utf-8' }).end(text);
}

function failure(code: string, message: string): string {
  return JSON.stringify({ RequestId: 'R', Code: code, Message: message, Success: false });
}

function sendError(response: ServerResponse, kind: number): void {
  if (kind === 0) send(response, 500, failure('InternalError', 'The request has failed.'));
  else if (kind === 1) send(response, 200, failure('isp.SYSTEM_ERROR', 'System error.'));
  else if (kind === 2) send(response, 502, '<html>Bad gateway</html>');
  else response.destroy();
}
