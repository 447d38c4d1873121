// Answers requests that Node's HTTP parser refuses, in the form of all other errors. Node's own answer is only a
// status line.
import { Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { errorCode } from '../../../platform/error-code.js';
import { REQUEST_ID } from '../answers/api-headers.js';
import { problem } from '../problems/problem.filter.js';
import { headersOfAll } from '../answers/security-headers.js';

const OF_ALL = headersOfAll();

/** The newest request of a connection that had readable headers, and its answer. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

interface Limits {
  /** Bytes of a request's first line and its headers. */
  readonly headerBytes: number;
  /**
   * How long, in ms, the rest of a refused request may still arrive. A reset of the connection before that could
   * destroy the answer (RFC 9112, 9.6).
   */
  readonly linger: number;
}

/**
 * Answers requests that are not HTTP, have too large headers, or do not arrive in time. Each answer ends its
 * connection.
 */
export function explainUnreadable(server: Server, limits: Limits): void {
  const logger = new Logger('Http');
  const newest = new WeakMap<Duplex, Exchange>();
  const refused = new WeakSet<Duplex>();
  server.prependListener('request', (request, response) => {
    newest.set(request.socket, { request, response });
  });
  server.on('clientError', (error: Error, socket: Duplex) => {
    // After a refusal, the parser reports more errors for the bytes that follow.
    if (refused.has(socket)) return;
    refused.add(socket);
    const refusal = refusalOf(error, limits);
    logger.debug({ outcome: 'unreadable', ...refusal, reason: errorCode(error) });
    const refuse = () => {
      if (socket.writable) endWith(socket, refusal, limits.linger);
      else socket.destroy(error);
    };
    const { request, response } = newest.get(socket) ?? {};
    if (request === undefined || response === undefined) refuse();
    else if (!request.complete) answer(request, response, refusal);
    // It is a later request that is not HTTP. The previous one gets its own answer first.
    else if (response.writableFinished) refuse();
    else response.once('finish', refuse);
  });
}

interface Refusal {
  readonly status: number;
  readonly detail: string;
  readonly requestId: string;
}

function refusalOf(error: Error, limits: Limits): Refusal {
  return { ...explanationOf(error, limits), requestId: randomUUID() };
}

function explanationOf(error: Error, { headerBytes }: Limits): Omit<Refusal, 'requestId'> {
  switch (errorCode(error)) {
    case 'HPE_HEADER_OVERFLOW':
      return { status: 431, detail: `The first line and the headers are larger than ${headerBytes} bytes` };
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return { status: 413, detail: 'The extensions of a chunk are too large' };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, detail: 'The request did not come in time' };
    default: {
      // The reason is one of the parser's own texts, which do not quote the request.
      const reason = 'reason' in error && typeof error.reason === 'string' ? `: ${error.reason}` : '';
      return { status: 400, detail: `The request is not HTTP${reason}` };
    }
  }
}

/** Answers a request whose headers were read, but whose body is wrong or late. */
function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { status, detail, requestId }: Refusal,
): void {
  if (response.headersSent) {
    // If the answer was sent completely, lingerBriefly() ends the connection.
    if (!response.writableFinished) request.socket.destroy();
    return;
  }
  const id = String(response.getHeader(REQUEST_ID) ?? requestId);
  const isPush = /^\/push\b/i.test(request.url ?? '');
  const body = JSON.stringify(
    isPush ? { code: status, msg: detail } : { ...problem(status, detail), requestId: id },
  );
  response.statusCode = status;
  response.setHeader('Connection', 'close');
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Content-Type', isPush ? 'application/json' : 'application/problem+json');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}

/** Answers directly on the socket, when the request's headers could not be read. */
function endWith(socket: Duplex, { status, detail, requestId }: Refusal, linger: number): void {
  const body = JSON.stringify({ ...problem(status, detail), requestId });
  const headers = [
    ...OF_ALL,
    [REQUEST_ID, requestId],
    ['Cache-Control', 'no-store'],
    ['Content-Type', 'application/problem+json'],
    ['Content-Length', String(Buffer.byteLength(body))],
    ['Date', new Date().toUTCString()],
    ['Connection', 'close'],
  ];
  const head = headers.map(([name, value]) => `${name ?? ''}: ${value ?? ''}\r\n`).join('');
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}\r\n${head}\r\n${body}`);
  const timer = setTimeout(() => socket.destroy(), linger).unref();
  socket.once('close', () => {
    clearTimeout(timer);
  });
}
