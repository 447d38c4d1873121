// What a person wants to see first: how the calls go, and how the service does.
import { useEffect, useState } from 'preact/hooks';
import { useChanges } from '../../api/feed.js';
import { seesAll } from '../../api/session.js';
import { t } from '../../i18n/i18n.js';
import { goWith, route } from '../../state/route.js';
import { timeZone } from '../../state/preferences.js';
import { rangeOf } from '../../time/range.js';
import { Head } from '../../ui/bits.js';
import { RangePicker } from '../../ui/range-picker.js';
import { CallsOverTime } from './calls-over-time.js';
import { Outcomes } from './outcomes.js';
import { ServicePanels } from './service-panels.js';

const OTHERWISE = '24h';
/** Without a change the range moves on all the same. */
const MOVES_EVERY_MS = 60_000;

export function OverviewView() {
  const { query } = route.value;
  const isFixed = query['from'] !== undefined && query['to'] !== undefined;
  const changes = useChanges(true);
  const minutes = useMinutes();
  const range = rangeOf(query, Date.now(), OTHERWISE);
  const isCompared = query['compare'] !== undefined;
  // The range belongs to the question: a new one is asked when it has moved, and what was shown stays meanwhile.
  const name = [isFixed ? `${range.from} ${range.to}` : (query['span'] ?? OTHERWISE), timeZone.value].join(
    ' ',
  );
  const tick = `${changes} ${minutes}`;
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
      <CallsOverTime name={name} tick={tick} range={range} isCompared={isCompared} />
      <Outcomes name={name} tick={tick} range={range} />
    </>
  );
}

function useMinutes(): number {
  const [minutes, setMinutes] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => {
      setMinutes((count) => count + 1);
    }, MOVES_EVERY_MS);
    return () => {
      clearInterval(timer);
    };
  }, []);
  return minutes;
}
