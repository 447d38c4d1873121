import type { CallFactory } from '../records/call-factory.js';
import { MessageFactory } from '../records/message-factory.js';
import { Purpose, type Random } from '../records/random.js';
import type { Entry, Push } from './push.js';

const MOST_PUSHES_IN_WINDOW = 100;
const FARTHEST_BACK = 20;
/** Notes and recordings come from so many pushes before to so many after their reports. */
const MESSAGE_DISTANCE = [-3, 6] as const;

/**
 * The pushes of one window. The corrections may be sent when all first pushes are settled, whatever their result.
 */
export interface PlannedWindow {
  readonly first: readonly Push[];
  readonly corrections: readonly Push[];
}

/** What happens to a call. It is drawn once. */
interface Fate {
  readonly repeated: boolean;
  readonly corrected: boolean;
  readonly brokenAfter: boolean;
}

/**
 * Decides from the seed which records are in which push, and in which order. The calls are divided into pushes, and
 * the pushes into windows. A window repeats and corrects only its own calls. So it is known when the last
 * uncorrected copy of a call is settled, which matters because the receiver keeps the content that came last.
 */
export class PushPlan {
  readonly windows: number;
  private readonly conversations: MessageFactory;
  /** The messages that are pushed beside the reports. */
  private readonly messages: readonly ('notes' | 'recordings')[];
  private readonly pushes: number;
  private readonly windowSize: number;

  constructor(private readonly factory: CallFactory) {
    const { calls, batchSize, corrections } = factory.options;
    this.conversations = new MessageFactory(factory);
    this.messages = (['notes', 'recordings'] as const).filter((kind) => factory.options[kind] === true);
    this.pushes = Math.ceil(calls / batchSize);
    const forFullCorrection = corrections > 0 ? Math.ceil(1 / corrections) : MOST_PUSHES_IN_WINDOW;
    this.windowSize = Math.min(MOST_PUSHES_IN_WINDOW, Math.max(8, forFullCorrection));
    this.windows = Math.ceil(this.pushes / this.windowSize);
  }

  window(window: number): PlannedWindow {
    const random = this.factory.streams.stream(Purpose.Window, window);
    return { first: this.firstPushes(window, random), corrections: this.corrections(window, random) };
  }

  /** Yields the records of a push in order; none for a broken body. */
  *entries(push: Push): Generator<Entry> {
    if (push.content.kind === 'corrections') {
      for (const call of push.content.calls) yield { kind: 'call', call, version: 1, repeated: false };
    }
    if (push.content.kind === 'notes' || push.content.kind === 'recordings') {
      const kind = push.content.kind === 'notes' ? 'note' : 'recording';
      for (const call of this.answeredCallsOf(push.content.number)) yield { kind, call };
    }
    if (push.content.kind !== 'calls') return;
    for (const call of this.pushedCallsOf(push.content.number)) {
      yield { kind: 'call', call, version: 0, repeated: false };
      if (this.fate(call).brokenAfter) yield { kind: 'broken', number: call };
    }
    for (const call of this.pushedCallsOf(this.neighbour(push.content.number))) {
      if (this.fate(call).repeated) yield { kind: 'call', call, version: 0, repeated: true };
    }
  }

  private firstPushes(window: number, random: Random): Push[] {
    const { duplicates, brokenBodies } = this.factory.options;
    const placed: { at: number; push: Push }[] = [];
    const place = (at: number, content: Push['content'], again: boolean): void => {
      const heldBack = random.chance(this.factory.options.reorder);
      const back = heldBack ? random.between(2, FARTHEST_BACK) : 0;
      placed.push({ at: at + back, push: { content, window, again, heldBack } });
    };
    for (const number of this.pushesOf(window)) {
      if (this.pushedCallsOf(number).length === 0) continue;
      place(number, { kind: 'calls', number }, false);
      if (random.chance(duplicates)) {
        place(number + random.between(0, this.windowSize), { kind: 'calls', number }, true);
      }
      if (random.chance(brokenBodies)) place(number, { kind: 'broken-body', number }, false);
      for (const kind of this.messages) {
        if (this.answeredCallsOf(number).length === 0) continue;
        place(number + random.between(...MESSAGE_DISTANCE), { kind, number }, false);
        if (random.chance(duplicates)) place(number + FARTHEST_BACK, { kind, number }, true);
      }
    }
    return placed.sort((one, other) => one.at - other.at).map(({ push }) => push);
  }

  private corrections(window: number, random: Random): Push[] {
    const { batchSize, duplicates } = this.factory.options;
    const corrected = this.pushesOf(window).flatMap((number) =>
      this.pushedCallsOf(number).filter((call) => this.fate(call).corrected),
    );
    const pushes: Push[] = [];
    for (let at = 0; at < corrected.length; at += batchSize) {
      const content = { kind: 'corrections', calls: corrected.slice(at, at + batchSize) } as const;
      pushes.push({ content, window, again: false, heldBack: false });
      if (random.chance(duplicates)) pushes.push({ content, window, again: true, heldBack: false });
    }
    return pushes;
  }

  private fate(call: number): Fate {
    const { duplicates, corrections, broken } = this.factory.options;
    const random = this.factory.streams.stream(Purpose.Fate, call);
    return {
      repeated: random.chance(duplicates),
      corrected: random.chance(corrections),
      brokenAfter: random.chance(broken),
    };
  }

  /** Returns the push whose calls a push repeats: the next one of its window, and for the last one the first. */
  private neighbour(number: number): number {
    const pushes = this.pushesOf(Math.floor(number / this.windowSize));
    return pushes[(pushes.indexOf(number) + 1) % pushes.length] ?? number;
  }

  private pushesOf(window: number): number[] {
    const from = window * this.windowSize;
    const length = Math.min(this.pushes, from + this.windowSize) - from;
    return Array.from({ length }, (_, index) => from + index);
  }

  private answeredCallsOf(push: number): number[] {
    return this.pushedCallsOf(push).filter((call) => this.conversations.hasConversation(call));
  }

  private pushedCallsOf(push: number): number[] {
    const { calls, batchSize } = this.factory.options;
    const from = push * batchSize;
    const length = Math.min(calls, from + batchSize) - from;
    return Array.from({ length }, (_, index) => from + index).filter((call) => this.factory.isPushed(call));
  }
}
