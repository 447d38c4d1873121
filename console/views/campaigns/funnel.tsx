import type { StatsRow, Sum } from '../../api/stats.js';
import { t } from '../../i18n/i18n.js';
import { isAskable } from '../../state/askable.js';
import { count, hours, length, percent } from '../../time/format.js';
import type { Range } from '../../time/range.js';
import { Linked } from '../../ui/bits.js';
import { callsOf } from '../calls/calls-link.js';

interface Props {
  readonly sum: Sum;
  /** Of the calls that have one. */
  readonly intents: readonly StatsRow[];
  /** Undefined: all of time. */
  readonly ends: Partial<Range> | undefined;
  readonly taskId: string;
}

/** More values make an address too long. */
const MOST_IN_A_LIST = 50;

/** From the calls to those that came to something, each a part of the one above. */
export function Funnel({ sum, intents, ends = {}, taskId }: Props) {
  const wanted = intents.reduce((all, row) => all + row.answered, 0);
  const { calls, answered, talked, averageTalk } = sum;
  const names = intents.filter((row) => row.answered > 0).map(({ majorIntent }) => majorIntent ?? '');
  const areAskable = names.length <= MOST_IN_A_LIST && names.every((name) => name !== '' && isAskable(name));
  const group = { taskId };
  return (
    <ol class="funnel">
      <Step title={t('funnel.called')} of={calls} calls={calls} href={callsOf(ends, {}, group)} />
      <Step
        title={t('funnel.answered')}
        of={calls}
        calls={answered}
        note={t('funnel.ofCalled', { share: percent(calls === 0 ? null : answered / calls) })}
        href={callsOf(ends, { answered: 'true' }, group)}
      />
      <li>
        <span class="funnel-title">
          <Linked href={callsOf(ends, { answered: 'true', minDuration: '1' }, group)}>
            {t('funnel.talked')}
          </Linked>
        </span>
        <span class="funnel-talk">
          {hours(talked)}{' '}
          <span class="quiet small">{t('funnel.average', { length: length(averageTalk) })}</span>
        </span>
      </li>
      <Step
        title={t('funnel.intent')}
        of={calls}
        calls={wanted}
        note={t('funnel.ofAnswered', { share: percent(answered === 0 ? null : wanted / answered) })}
        href={
          areAskable && wanted > 0
            ? callsOf(ends, { answered: 'true', majorIntent: names.join(',') }, group)
            : undefined
        }
      />
    </ol>
  );
}

interface StepProps {
  readonly title: string;
  readonly calls: number;
  /** All calls: the length of the whole bar. */
  readonly of: number;
  readonly note?: string;
  readonly href: string | undefined;
}

function Step({ title, calls, of, note, href }: StepProps) {
  return (
    <li>
      <span class="funnel-title">
        <Linked href={href}>{title}</Linked>
      </span>
      <span class="share-track" aria-hidden="true">
        <span class="funnel-fill" style={{ width: `${of === 0 ? 0 : (calls / of) * 100}%` }} />
      </span>
      <span class="share-value">
        {count(calls)} {note !== undefined && <span class="quiet small">{note}</span>}
      </span>
    </li>
  );
}
