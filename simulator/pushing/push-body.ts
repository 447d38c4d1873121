import { brokenBody, brokenRecord } from '../records/broken.js';
import type { CallFactory } from '../records/call-factory.js';
import { MessageFactory } from '../records/message-factory.js';
import { recordText } from '../records/record-text.js';
import type { Push } from './push.js';
import type { PushPlan } from './push-plan.js';

/** Makes the bodies of pushes. The same push always gives the same bytes. */
export class PushBodies {
  private readonly messages: MessageFactory;

  /** @param recordingsUrl where the recordings are served */
  constructor(
    private readonly factory: CallFactory,
    private readonly plan: PushPlan,
    private readonly recordingsUrl = '',
  ) {
    this.messages = new MessageFactory(factory);
  }

  bodyOf(push: Push): Buffer {
    const { run } = this.factory.ids;
    if (push.content.kind === 'broken-body') {
      // The calls are numbered after the run's last one. If one is stored, verification finds a call that was never
      // sent.
      const call = this.factory.options.calls + push.content.number;
      return brokenBody(run, push.content.number, this.record(call, 0));
    }
    const records: string[] = [];
    for (const entry of this.plan.entries(push)) {
      if (entry.kind === 'broken') records.push(brokenRecord(run, entry.number));
      else if (entry.kind === 'note') records.push(this.messages.note(entry.call));
      else if (entry.kind === 'recording')
        records.push(this.messages.recording(entry.call, this.recordingsUrl));
      else records.push(this.record(entry.call, entry.version));
    }
    return Buffer.from(`[${records.join(',')}]`);
  }

  private record(call: number, version: 0 | 1): string {
    return recordText(this.factory.facts(call, version), this.factory.oddities.of(call));
  }
}
