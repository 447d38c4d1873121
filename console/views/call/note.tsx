import type { Schemas } from '../../api/client.js';
import { t } from '../../i18n/i18n.js';
import { memberText } from '../../text/record-places.js';
import { count } from '../../time/format.js';
import { Facts, Id, Panel, Time } from '../../ui/bits.js';
import { IntentMark } from '../../ui/intent.js';
import { Json } from '../../ui/json.js';
import { Tags } from './tags.js';
import { Warnings } from './warnings.js';

interface Props {
  readonly note: Schemas['Note'];
  /** Of the call as it came: with all digits of its numbers. */
  readonly text: string;
}

/** The vendor's note of the conversation, without what was said. */
export function NotePanel({ note, text }: Props) {
  const { majorIntent, outputTags, attempt, realCaller, turns, warnings } = note;
  const extra = memberText(memberText(text, 'note') ?? '{}', 'extra') ?? 'null';
  return (
    <Panel title={t('note.title')}>
      <Facts
        facts={[
          [t('field.majorIntent'), majorIntent === null ? '–' : <IntentMark intent={majorIntent} />],
          [t('field.tags'), outputTags === null ? '–' : <Tags tags={outputTags} />],
          [t('note.attempt'), attempt === null ? '–' : count(attempt)],
          [t('field.realCaller'), <Id id={realCaller} />],
          [t('note.turns'), count(turns)],
          [t('field.lastReceivedAt'), <Time at={note.receivedAt} />],
          [t('field.revision'), note.revision],
        ]}
      />
      {warnings !== null && <Warnings title={t('note.warnings')} warnings={warnings} />}
      {extra !== 'null' && (
        <>
          <h3>{t('call.extra')}</h3>
          <Json text={extra} what={t('call.extra')} />
        </>
      )}
    </Panel>
  );
}
