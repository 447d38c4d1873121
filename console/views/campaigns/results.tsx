import { answerOf, api } from '../../api/client.js';
import { resultLabel, useCodes } from '../../api/results.js';
import { rowsOf, type StatsRow } from '../../api/stats.js';
import { useAsk } from '../../api/use-ask.js';
import { REST, resultColours } from '../../charts/colours.js';
import { ShareBars } from '../../charts/share-bars.js';
import { t } from '../../i18n/i18n.js';
import { Panel } from '../../ui/bits.js';
import { Empty, Shown } from '../../ui/states.js';

/** Why the calls of a campaign went as they did. */
export function Results({ taskId }: { taskId: string }) {
  const query = { taskId: [taskId], groupBy: ['smartStatusCode' as const] };
  const asked = useAsk(taskId, (signal) =>
    rowsOf(answerOf(api.GET('/v1/stats/calls', { params: { query }, signal }))),
  );
  return (
    <Panel title={t('overview.outcomes')} note="smartStatusCode">
      <Shown asked={asked} lines={8}>
        {(rows) => (rows.length === 0 ? <Empty title={t('overview.none')} /> : <Bars rows={rows} />)}
      </Shown>
    </Panel>
  );
}

/** The rest are too few to be seen. */
const MOST = 12;

function Bars({ rows }: { rows: readonly StatsRow[] }) {
  const codes = useCodes();
  const sorted = rows.toSorted((a, b) => b.calls - a.calls);
  const colourOf = resultColours(sorted.map(({ smartStatusCode = null }) => smartStatusCode));
  const shares = sorted.slice(0, MOST).map(({ smartStatusCode: code = null, calls }) => ({
    label: resultLabel(codes, code, t('result.none')),
    code: code ?? '',
    value: calls,
    colour: colourOf.get(code) ?? REST,
  }));
  const rest = sorted.slice(MOST).reduce((sum, { calls }) => sum + calls, 0);
  if (rest > 0) shares.push({ label: t('result.rest'), code: '…', value: rest, colour: REST });
  return <ShareBars shares={shares} />;
}
