// What a person wants to see first: how the calls go, and how the service does.
import { useChanges } from '../../api/feed.js';
import { seesAll } from '../../api/session.js';
import { t } from '../../i18n/i18n.js';
import { goWith, type Query, route } from '../../state/route.js';
import { timeZone } from '../../state/preferences.js';
import { visible } from '../../text/visible.js';
import { type Chosen, isSpan, rangeOf } from '../../time/range.js';
import { Head } from '../../ui/bits.js';
import { RangePicker } from '../../ui/range-picker.js';
import { CallsOverTime } from './calls-over-time.js';
import { Outcomes } from './outcomes.js';
import { ServicePanels } from './service-panels.js';

const OTHERWISE = '24h';

export function OverviewView() {
  const { query } = route.value;
  const changes = useChanges();
  const tick = changes === 0 ? undefined : String(changes);
  const isCompared = query['compare'] !== undefined;
  return (
    <>
      <Head title={t('nav.overview')}>
        <label class="check">
          <input
            type="checkbox"
            checked={isCompared}
            onChange={() => {
              goWith({ compare: isCompared ? undefined : '1' });
            }}
          />
          {t('overview.compare')}
        </label>
        <RangePicker query={query} otherwise={OTHERWISE} />
      </Head>
      {seesAll() && <ServicePanels tick={tick} />}
      <Calls query={query} tick={tick} isCompared={isCompared} />
    </>
  );
}

interface CallsProps {
  readonly query: Query;
  readonly tick: string | undefined;
  readonly isCompared: boolean;
}

function Calls({ query, tick, isCompared }: CallsProps) {
  const now = Date.now();
  const chosen = rangeOf(query, now, OTHERWISE, timeZone.value);
  const { range } = chosen;
  if (range === undefined) return <RangeNote {...chosen} />;
  // The range belongs to the question: a new one is asked when it has moved, and what was shown stays meanwhile.
  const name = `${nameOf(query)} ${timeZone.value}`;
  // What is over is not followed.
  const due = range.to <= now ? 'over' : tick;
  return (
    <>
      <CallsOverTime name={name} tick={due} range={range} isCompared={isCompared} />
      <Outcomes name={name} tick={due} range={range} />
    </>
  );
}

/** What the address names, however it moves on with time. */
function nameOf({ span, from, to }: Query): string {
  if (from || to) return `${from ?? ''} ${to ?? ''}`;
  return isSpan(span) ? span : OTHERWISE;
}

function RangeNote({ fault, text }: Extract<Chosen, { range?: never }>) {
  return (
    <div class="note note-bad" role="alert">
      {t(`range.${fault}`, { text: visible(text) })}
    </div>
  );
}
