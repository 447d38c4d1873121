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
      {waitsOf(call).map(([title, seconds]) => (
        <span key={title}>
          {t(title)} {length(seconds)}
        </span>
      ))}
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

/** How long it took until somebody answered, and how long it rang, in seconds; nothing where a time is not known. */
function waitsOf({ answered, originateTime, ringTime, startTime, endTime }: Schemas['Call']) {
  const waits = [
    ['call.answerDelay', originateTime, answered ? startTime : null],
    ['call.ringTime', ringTime, startTime ?? endTime],
  ] as const;
  return waits.flatMap(([title, from, to]) => {
    const seconds = (Date.parse(to ?? '') - Date.parse(from ?? '')) / 1000;
    return seconds >= 0 ? [[title, seconds] as const] : [];
  });
}
