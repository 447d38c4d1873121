// Bounds the memory of answers that wait for clients that do not read.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** To look at 10,000 connections takes less than a millisecond. */
const LOOK_MS = 250;
/**
 * So many looks, 3 s, in which nothing moved: a client that is busy with what it has read, or whose line is poor, is no client that
 * does not read. Time alone would not tell: after a pause of the whole process nothing can have moved.
 */
const STILL_LOOKS = 12;

const held = new WeakMap<Socket, number>();

/**
 * Notes what an answer holds that its connection does not show: while a compressor waits for the client, so does all of what it
 * compresses.
 */
export function noteHeld(response: ServerResponse, bytes: number): void {
  const { socket } = response;
  if (socket === null) return;
  held.set(socket, bytes);
  response.once('close', () => held.delete(socket));
}

/**
 * When answers of more bytes than these wait for their clients, connections are ended until it is less: those on which nothing has moved
 * for some seconds, first the one that holds the most. Those that move are ended only beyond four times as much.
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
      const bytes = Math.max(socket.writableLength, held.get(socket) ?? 0);
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

/** @returns how many of all these bytes are left */
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

/** What the kernel has not taken yet of the write under way, too, by which Node.js's own time-outs see that a client reads. */
function queuedIn(socket: Socket): number {
  const handle: unknown = Reflect.get(socket, '_handle');
  const isTold = typeof handle === 'object' && handle !== null && 'writeQueueSize' in handle;
  return socket.writableLength + (isTold ? Number(handle.writeQueueSize) : 0);
}

/**
 * Beyond the bound, a new connection ends the one that has had no request under way for the longest time; if there is none, the
 * one whose body, and else the one whose reading of an answer, takes the longest. Node's own `maxConnections` refuses the new one
 * instead, which may bring a push.
 */
export function makeRoom(server: Server, most: number): void {
  let open = 0;
  /** Those without a request under way, longest first. */
  const silent = new Set<Socket>();
  /** The others with their newest exchange, longest first. */
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
    // An answer that is broken off has broken its connection off.
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
  // Its end is told of later.
  if (socket !== undefined) sockets.delete(socket);
  return socket;
}

/** Never one whose request is complete and not answered yet: it may be a push. */
function slowest(busy: ReadonlyMap<Socket, Exchange>): Socket | undefined {
  let unread: Socket | undefined;
  for (const [socket, { request, response }] of busy) {
    if (socket.destroyed) continue;
    if (!request.complete) return socket;
    if (response.writableEnded) unread ??= socket;
  }
  return unread;
}
