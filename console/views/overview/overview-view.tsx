// What a person wants to see first: how the calls go, and how the service does.
import { useChanges } from '../../api/feed.js';
import { seesAll } from '../../api/session.js';
import { t } from '../../i18n/i18n.js';
import { goWith, type Query, route } from '../../state/route.js';
import { timeZone } from '../../state/preferences.js';
import { filtersIn } from '../../state/travel.js';
import { isNamed, rangeOf } from '../../time/range.js';
import { Head } from '../../ui/bits.js';
import { RangePicker } from '../../ui/range-picker.js';
import { CallsOverTime } from './calls-over-time.js';
import { Outcomes } from './outcomes.js';
import { Updated } from '../../ui/updated.js';
import { SetFilters } from '../calls/filters.js';
import { ChangedMost } from './changed-most.js';
import { FirstPush } from './first-push.js';
import { RangeNote } from './range-note.js';
import { ServicePanels, useStatus } from './service-panels.js';

const OTHERWISE = '24h';

export function OverviewView() {
  const { query } = route.value;
  const changes = useChanges();
  const tick = changes === 0 ? undefined : String(changes);
  const status = useStatus(tick);
  const isCompared = query['compare'] !== undefined;
  const isEmpty = status.data?.lastPushAt === null && status.data.databaseAnswers;
  if (isEmpty) return <FirstPush zone={status.data.pushTimeZone.zone} again={status.again} />;
  return (
    <>
      <Head title={t('nav.overview')}>
        <Updated />
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
      <SetFilters query={query} />
      <Calls query={query} tick={tick} isCompared={isCompared} />
      {seesAll() && <ServicePanels asked={status} />}
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
  const filters = filtersIn(query);
  // The range belongs to the question: a new one is asked when it has moved, and what was shown stays meanwhile.
  const name = `${nameOf(query)} ${timeZone.value} ${JSON.stringify(filters)}`;
  // What is over is not followed.
  const due = range.to <= now ? 'over' : tick;
  const asking = { name, tick: due, range, filters };
  return (
    <>
      <CallsOverTime {...asking} isCompared={isCompared} />
      <ChangedMost {...asking} />
      <Outcomes {...asking} />
    </>
  );
}

/** What the address names, however it moves on with time. */
function nameOf({ span, from, to }: Query): string {
  if (from || to) return `${from ?? ''} ${to ?? ''}`;
  return isNamed(span) ? span : OTHERWISE;
}
