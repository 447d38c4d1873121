// No calls in a range, and the way to where there are some.
import { answerOf, api, type Answer } from '../../api/client.js';
import { rowsOf, type StatsRow } from '../../api/stats.js';
import { useAsk } from '../../api/use-ask.js';
import { t } from '../../i18n/i18n.js';
import { timeZone } from '../../state/preferences.js';
import { goWith } from '../../state/route.js';
import { date } from '../../time/format.js';
import { Empty } from '../../ui/states.js';

/** The newest month of which the ledger has calls, if there is any. */
async function newestMonth(signal: AbortSignal): Promise<Answer<StatsRow | undefined>> {
  const query = { interval: 'month' as const, timeZone: timeZone.value };
  const { data, problem } = await rowsOf(answerOf(api.GET('/v1/stats/calls', { params: { query }, signal })));
  return problem === undefined ? { data: data.at(-1) } : { problem };
}

export function NoCalls() {
  const { start, end } = useAsk(timeZone.value, newestMonth).data ?? {};
  if (start == null || end == null) return <Empty title={t('overview.none')} />;
  return (
    <Empty title={t('overview.none')}>
      <button
        type="button"
        class="button"
        onClick={() => {
          goWith({ span: undefined, from: start, to: end });
        }}
      >
        {t('overview.none.newest', { month: date(start).slice(0, 7) })}
      </button>
    </Empty>
  );
}
