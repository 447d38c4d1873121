// What goes on for longer under one key: exports, and requests that wait for changes. Each key has its share of them, and they end
// with the key.
import { Injectable } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { within } from '../within.js';
import { RefusalWithHeaders, tooManyRequests } from '../http/problems/refusals.js';
import { KnownKeys } from './api-keys/known-keys.js';
import { CHALLENGE, UNKNOWN_KEY } from './api-gate.js';
import type { Principal } from './principal.js';

/** How late the end of a key is noticed. */
const LOOK_MS = 1000;
const RETRY_AFTER_S = 5;

/** What a stream is, and how many of it a key and the keys that it made may have at once. */
export interface StreamKind {
  /** As in "2 exports". */
  readonly name: string;
  readonly most: number;
}

/** Something that goes on under a key. */
export interface KeyStream {
  /** Aborted when the key is revoked or expires; the reason is what to answer. */
  readonly keyEnd: AbortSignal;
  /** To be called when it is over. */
  close(): void;
}

interface OpenStream {
  readonly kind: StreamKind;
  readonly asker: Principal;
  readonly end: AbortController;
}

@Injectable()
export class KeyStreams {
  private readonly streams = new Set<OpenStream>();
  private isWatching = false;

  constructor(private readonly keys: KnownKeys) {}

  /** @throws RefusalWithHeaders 429 when the key has its share */
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

  /** Looks only while there is something to look after. */
  private async watch(): Promise<void> {
    if (this.isWatching) return;
    this.isWatching = true;
    while (this.streams.size > 0) {
      await wait(LOOK_MS, undefined, { ref: false });
      // A database that hangs holds up nothing but its own answer: who has expired is known without it.
      await within(LOOK_MS, Promise.all([...this.streams].map((stream) => this.look(stream))));
    }
    this.isWatching = false;
  }

  private async look(stream: OpenStream): Promise<void> {
    if (!(await this.isGood(stream))) end(stream);
  }

  private async isGood({ asker }: OpenStream): Promise<boolean> {
    try {
      return await this.keys.isGood(asker, LOOK_MS);
    } catch {
      // While the database is away, nobody can have revoked a key; whoever asks next is told that it is away.
      return true;
    }
  }
}

function end({ end }: OpenStream): void {
  end.abort(new RefusalWithHeaders(401, UNKNOWN_KEY, { 'WWW-Authenticate': CHALLENGE }));
}
