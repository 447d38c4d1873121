import { Injectable } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { within } from '../within.js';
import { RefusalWithHeaders, tooManyRequests } from '../http/problems/refusals.js';
import { KnownKeys } from './api-keys/known-keys.js';
import { KnownSessions } from './sessions/known-sessions.js';
import { CHALLENGE, UNKNOWN_KEY } from './api-gate.js';
import type { Principal } from './principal.js';

/** How late, at most, the end of a key is noticed. */
const LOOK_MS = 1000;
const RETRY_AFTER_S = 5;

/** A kind of stream, and how many of it a key family may have at once. */
export interface StreamKind {
  /** The plural, as in "2 exports". */
  readonly name: string;
  readonly most: number;
}

/** An open stream of a key. */
export interface KeyStream {
  /** Aborted when the key is revoked or expires. Its reason is the error to answer. */
  readonly keyEnd: AbortSignal;
  /** Call it when the stream is over. */
  close(): void;
}

interface OpenStream {
  readonly kind: StreamKind;
  readonly asker: Principal;
  readonly end: AbortController;
}

/**
 * Long-running work under a key: exports, and requests that wait for changes. Each key family has its share of them.
 * They end when the key is revoked or expires.
 */
@Injectable()
export class KeyStreams {
  private readonly streams = new Set<OpenStream>();
  private isWatching = false;

  constructor(
    private readonly keys: KnownKeys,
    private readonly sessions: KnownSessions,
  ) {}

  /** @throws RefusalWithHeaders 429 if the key family has its share already */
  open(kind: StreamKind, asker: Principal): KeyStream {
    const ofFamily = [...this.streams].filter(
      (other) => other.kind.name === kind.name && other.asker.family === asker.family,
    );
    if (ofFamily.length >= kind.most) {
      const message = `This API key, with the keys that it made, may have ${kind.most} ${kind.name} at once`;
      throw tooManyRequests(message, RETRY_AFTER_S);
    }
    const stream = { kind, asker, end: new AbortController() };
    this.streams.add(stream);
    void this.watch();
    return { keyEnd: stream.end.signal, close: () => this.streams.delete(stream) };
  }

  /** Checks the keys every second, as long as there are streams. */
  private async watch(): Promise<void> {
    if (this.isWatching) return;
    this.isWatching = true;
    while (this.streams.size > 0) {
      await wait(LOOK_MS, undefined, { ref: false });
      // A database that hangs only delays its own answers. Expired keys are noticed without it.
      await within(LOOK_MS, Promise.all([...this.streams].map((stream) => this.look(stream))));
    }
    this.isWatching = false;
  }

  private async look(stream: OpenStream): Promise<void> {
    if (!(await this.isGood(stream))) end(stream);
  }

  private async isGood({ asker }: OpenStream): Promise<boolean> {
    try {
      const known = asker.sessionId === undefined ? this.keys : this.sessions;
      return await known.isGood(asker, LOOK_MS);
    } catch {
      // While the database is unavailable, nobody can revoke a key. The next request reports that it is unavailable.
      return true;
    }
  }
}

function end({ end }: OpenStream): void {
  end.abort(new RefusalWithHeaders(401, UNKNOWN_KEY, { 'WWW-Authenticate': CHALLENGE }));
}
