// Limits the number of connections, and the memory of answers whose clients do not read them.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The time between two checks. A check of 10,000 connections takes less than a millisecond. */
const LOOK_MS = 250;
/**
 * After this number of checks without any movement (3 s), a client counts as one that does not read. Shorter pauses
 * are normal: a client may be busy with what it has read, or have a poor line. Checks are counted instead of time,
 * because during a pause of the whole process nothing can move.
 */
const STILL_LOOKS = 12;

const held = new WeakMap<Socket, () => number>();

/**
 * Notes how many bytes an answer holds that its socket does not show. While a compressor waits for the client, it
 * holds all of the uncompressed answer.
 *
 * @param bytes is asked at every check
 */
export function noteHeld(response: ServerResponse, bytes: () => number): void {
  const { socket } = response;
  if (socket === null) return;
  held.set(socket, bytes);
  response.once('close', () => held.delete(socket));
}

/**
 * Limits the bytes of answers that wait for their clients. Above `most` bytes, it ends connections on which nothing
 * has moved for 3 s, the largest first. Above four times as much, it also ends connections that move.
 */
export function endUnread(server: Server, most: number): void {
  const sockets = new Set<Socket>();
  const seen = new WeakMap<Socket, { readonly queued: number; readonly looks: number }>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const look = () => {
    const unread: Unread[] = [];
    for (const socket of sockets) {
      const bytes = Math.max(socket.writableLength, held.get(socket)?.() ?? 0);
      if (bytes === 0) continue;
      const queued = queuedIn(socket);
      const before = seen.get(socket);
      const looks = before?.queued === queued ? before.looks + 1 : 0;
      seen.set(socket, { queued, looks });
      unread.push({ socket, bytes, isStill: looks >= STILL_LOOKS });
    }
    const still = unread.filter(({ isStill }) => isStill);
    const left = endLargest(still, sumOf(unread), most);
    if (left > 4 * most) endLargest(unread, left, 4 * most);
  };
  const timer = setInterval(look, LOOK_MS).unref();
  server.once('close', () => {
    clearInterval(timer);
  });
}

interface Unread {
  readonly socket: Socket;
  readonly bytes: number;
  readonly isStill: boolean;
}

function sumOf(unread: readonly Unread[]): number {
  return unread.reduce((sum, { bytes }) => sum + bytes, 0);
}

/**
 * Ends the connections that hold the most, until at most `most` bytes are left.
 *
 * @param all the bytes that wait on all connections
 * @returns how many of them are left
 */
function endLargest(unread: readonly Unread[], all: number, most: number): number {
  let left = all;
  for (const { socket, bytes } of [...unread].sort((a, b) => b.bytes - a.bytes)) {
    if (left <= most) break;
    if (socket.destroyed) continue;
    socket.destroy();
    left -= bytes;
  }
  return left;
}

/**
 * The bytes that wait on a socket, including those of the current write that the kernel has not taken yet.
 * Node.js's own time-outs use the same number to see whether a client reads.
 */
function queuedIn(socket: Socket): number {
  const handle: unknown = Reflect.get(socket, '_handle');
  const isTold = typeof handle === 'object' && handle !== null && 'writeQueueSize' in handle;
  return socket.writableLength + (isTold ? Number(handle.writeQueueSize) : 0);
}

/**
 * Idle eviction: when there are more than `most` connections, a new one ends an old one. It ends the connection
 * that has been idle for the longest time. If none is idle, it ends the one whose request body takes the longest,
 * or else the one whose client takes the longest to read its answer. Node's own `maxConnections` would refuse the
 * new connection, which may bring a push.
 */
export function makeRoom(server: Server, most: number): void {
  let open = 0;
  /** Connections without a request under way, the longest idle first. */
  const silent = new Set<Socket>();
  /** The others with their newest exchange, the oldest exchange first. */
  const busy = new Map<Socket, Exchange>();
  server.on('connection', (socket) => {
    open += 1;
    if (open > most) (first(silent) ?? slowest(busy))?.destroy();
    silent.add(socket);
    socket.once('close', () => {
      open -= 1;
      silent.delete(socket);
      busy.delete(socket);
    });
  });
  server.prependListener('request', (request, response) => {
    const { socket } = request;
    silent.delete(socket);
    busy.set(socket, { request, response });
    // Only `finish` matters: if an answer is broken off, its connection is too.
    response.once('finish', () => {
      if (socket.destroyed || busy.get(socket)?.response !== response) return;
      busy.delete(socket);
      silent.add(socket);
    });
  });
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

function first(sockets: Set<Socket>): Socket | undefined {
  const [socket] = sockets;
  // It is removed at once, because its `close` event comes later.
  if (socket !== undefined) sockets.delete(socket);
  return socket;
}

/** Never returns a connection whose request is complete and not answered yet, because it may be a push. */
function slowest(busy: ReadonlyMap<Socket, Exchange>): Socket | undefined {
  let unread: Socket | undefined;
  for (const [socket, { request, response }] of busy) {
    if (socket.destroyed) continue;
    if (!request.complete) return socket;
    if (response.writableEnded) unread ??= socket;
  }
  return unread;
}
