import { createHash } from 'node:crypto';
import type { CallStates } from '../pushing/call-states.js';
import type { CallFactory } from '../records/call-factory.js';
import { MessageFactory } from '../records/message-factory.js';
import { isObject, type LedgerApi } from './ledger-api.js';
import { pollUntilNone } from './poll.js';

/** Whether notes and recordings came in as they were sent. The numbers count calls. */
export interface ConversationsResult {
  /** Acknowledged notes of acknowledged calls. */
  readonly notes: number;
  readonly conversationsRight: number;
  /** Acknowledged recordings of acknowledged calls. */
  readonly recordings: number;
  readonly recordingsRight: number;
  /** Some of the faults, a line each. */
  readonly examples: readonly string[];
}

type Fault = string | undefined;
const AT_ONCE = 8;
const MOST_EXAMPLES = 5;

/** Asks for the conversation and the recording of each call, and compares them with what was sent. */
export class ConversationsCheck {
  private readonly messages: MessageFactory;

  /** @param timeoutMs how long to wait without progress for recordings that are not downloaded yet */
  constructor(
    private readonly api: LedgerApi,
    private readonly factory: CallFactory,
    private readonly states: CallStates,
    private readonly timeoutMs: number,
  ) {
    this.messages = new MessageFactory(factory);
  }

  /** @throws ApiError when the API can't be asked */
  async check(): Promise<ConversationsResult> {
    const [notes, recordings] = [this.acknowledged('note'), this.acknowledged('recording')];
    const wrongNotes = await this.wrongAmong(notes, (call) => this.conversationFault(call));
    const wrongRecordings = await this.wrongAmong(recordings, (call) => this.recordingFault(call));
    return {
      notes: notes.length,
      conversationsRight: notes.length - wrongNotes.size,
      recordings: recordings.length,
      recordingsRight: recordings.length - wrongRecordings.size,
      examples: [
        ...[...wrongNotes.values()].slice(0, MOST_EXAMPLES),
        ...[...wrongRecordings.values()].slice(0, MOST_EXAMPLES),
      ],
    };
  }

  private acknowledged(message: 'note' | 'recording'): number[] {
    const calls = Array.from({ length: this.states.calls }, (_, call) => call);
    return calls.filter((call) => this.states.isAcknowledged(call) && this.states.hasMessage(call, message));
  }

  /** The faults by call. It waits as long as there are fewer of them each time. */
  private async wrongAmong(
    calls: readonly number[],
    faultOf: (call: number) => Promise<Fault>,
  ): Promise<ReadonlyMap<number, string>> {
    let wrong = new Map<number, string>();
    let left = calls;
    const look = async () => {
      const faults = await inParallel(left, faultOf);
      wrong = new Map(
        left.flatMap((call, index) => {
          const fault = faults[index];
          return fault === undefined ? [] : [[call, fault]];
        }),
      );
      left = [...wrong.keys()];
      return wrong.size;
    };
    await pollUntilNone(look, this.timeoutMs);
    return wrong;
  }

  private async conversationFault(call: number): Promise<Fault> {
    const callId = this.factory.callIdOf(call);
    const { status, body } = await this.api.get(`/v1/calls/${encodeURIComponent(callId)}/conversation`);
    if (status !== 200) return `no conversation: ${callId} (${status})`;
    const turns = this.messages.conversation(call).turns;
    const found = isObject(body) && Array.isArray(body.data) ? body.data.filter(isObject) : [];
    const isSame =
      found.length === turns.length &&
      turns.every(({ role, content }, at) => found[at]?.role === role && found[at].content === content);
    return isSame ? undefined : `another conversation: ${callId}`;
  }

  private async recordingFault(call: number): Promise<Fault> {
    const callId = this.factory.callIdOf(call);
    const { status, bytes } = await this.api.getFile(`/v1/calls/${encodeURIComponent(callId)}/recording`);
    if (status !== 200) return `no recording: ${callId} (${status})`;
    return digestOf(bytes) === digestOf(this.messages.audio(call))
      ? undefined
      : `another recording: ${callId}`;
  }
}

/** Returns the number of faults. */
export function conversationFaults(result: ConversationsResult): number {
  const { notes, conversationsRight, recordings, recordingsRight } = result;
  return notes - conversationsRight + recordings - recordingsRight;
}

async function inParallel(calls: readonly number[], ask: (call: number) => Promise<Fault>): Promise<Fault[]> {
  const faults: Fault[] = [];
  let next = 0;
  const work = async () => {
    for (let at = next++; at < calls.length; at = next++) faults[at] = await ask(calls[at] ?? 0);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return faults;
}

function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
