import type { Schemas } from '../../api/client.js';
import { t } from '../../i18n/i18n.js';
import { length } from '../../time/format.js';
import { Id, Linked, Time } from '../../ui/bits.js';
import { IntentMark } from '../../ui/intent.js';
import { Result } from '../../ui/result.js';
import { callsOf } from '../calls/calls-link.js';
import { CopyValue } from './copied.js';
import { Tags } from './tags.js';

/** Who was called, when, what became of it, for how long, and what they wanted. */
export function Headline({ call }: { call: Schemas['Call'] }) {
  const { callee, occurredAt, answered, smartStatusCode, duration, note } = call;
  const intent = note?.majorIntent ?? null;
  const tags = note?.outputTags ?? null;
  return (
    <div class="panel headline">
      <span>
        <Id id={callee} />
        <CopyValue name="field.callee" value={callee} />
      </span>
      <Time at={occurredAt} />
      <Result code={smartStatusCode} isAnswered={answered} />
      {answered && (
        <span>
          {t('field.duration')} {length(duration)}
        </span>
      )}
      {intent !== null && (
        <span>
          {t('field.majorIntent')}:{' '}
          <Linked href={callsOf({}, {}, { majorIntent: intent })}>
            <IntentMark intent={intent} />
          </Linked>
        </span>
      )}
      {tags !== null && <Tags tags={tags} />}
    </div>
  );
}
