import { createHash } from 'node:crypto';
import { drawAudio } from './audio.js';
import type { CallFactory } from './call-factory.js';
import type { CallFacts } from './call-facts.js';
import { type Conversation, drawConversation } from './conversations.js';
import { Purpose } from './random.js';
import { shanghaiTime } from './shanghai-time.js';

const SIGNATURE_LENGTH = 28;

/** Makes the notes and recordings of a run's answered calls from the call's number alone. */
export class MessageFactory {
  constructor(private readonly factory: CallFactory) {}

  /** Whether the call was answered, so that there is a note and a recording. */
  hasConversation(call: number): boolean {
    return this.factory.facts(call, 0).startTime !== null;
  }

  conversation(call: number): Conversation {
    const chinese = this.factory.isChinese(call);
    return drawConversation(this.factory.streams.stream(Purpose.Conversation, call), chinese);
  }

  audio(call: number): Buffer {
    return drawAudio(this.factory.streams.stream(Purpose.Audio, call));
  }

  /** The note as the vendor sends it. */
  note(call: number): string {
    const facts = this.factory.facts(call, 0);
    const { majorIntent, outputTags, turns } = this.conversation(call);
    return JSON.stringify({
      ...idsOf(facts),
      majorIntent,
      outputTags,
      conversationRecord: JSON.stringify(turns),
      call_times: 1,
      realCaller: facts.realCaller,
    });
  }

  /** @param url where the recordings are served */
  recording(call: number, url: string): string {
    const facts = this.factory.facts(call, 0);
    const { startTime, endTime, duration } = facts;
    return JSON.stringify({
      ...idsOf(facts),
      startTime: startTime === null ? null : shanghaiTime(startTime),
      endTime: endTime === null ? null : shanghaiTime(endTime),
      duration,
      recordFile: `${url}${this.pathOf(call)}?Expires=4102444800&OSSAccessKeyId=simulated&Signature=${this.signatureOf(call)}`,
    });
  }

  pathOf(call: number): string {
    return `/${this.factory.ids.run}/${call}.wav`;
  }

  /** A URL without its signature gets nothing, as at the vendor's store. */
  signatureOf(call: number): string {
    const digest = createHash('sha256')
      .update(`signature\n${this.pathOf(call)}`)
      .digest('base64url');
    return digest.slice(0, SIGNATURE_LENGTH);
  }
}

function idsOf({ taskId, batchId, detailId, callId, outId }: CallFacts) {
  return { taskId, batchId, detailId, callId, outId };
}
