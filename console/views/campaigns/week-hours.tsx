// The calls of a campaign by hours in, added up by the hour of the week out: when do people pick up?
import { answerOf, api, type Answer } from '../../api/client.js';
import { rowsOf } from '../../api/stats.js';
import { useAsk } from '../../api/use-ask.js';
import { type HeatCell, Heatmap } from '../../charts/heatmap.js';
import { t } from '../../i18n/i18n.js';
import { timeZone } from '../../state/preferences.js';
import { weekHour } from '../../time/format.js';
import { iso, type Range } from '../../time/range.js';
import { DAY_MS, HOUR_MS } from '../../time/units.js';
import { Panel } from '../../ui/bits.js';
import { Shown } from '../../ui/states.js';
import { callsOf } from '../calls/calls-link.js';

const CELLS = 7 * 24;
/** The last weeks of the campaign: one answer holds as many hours. */
const WEEKS = 26;

interface Props {
  readonly taskId: string;
  /** Names the range, however it moves on with time. */
  readonly name: string;
  /** Undefined: all of time. */
  readonly range: Range | undefined;
  readonly lastCallAt: string;
}

async function ask({ taskId, range, lastCallAt }: Props, signal: AbortSignal): Promise<Answer<HeatCell[]>> {
  const end = range?.to ?? (Math.floor(Date.parse(lastCallAt) / HOUR_MS) + 1) * HOUR_MS;
  const query = {
    from: iso(Math.max(range?.from ?? -Infinity, end - WEEKS * 7 * DAY_MS)),
    to: iso(end),
    timeZone: timeZone.value,
    interval: 'hour' as const,
    taskId: [taskId],
  };
  const rows = await rowsOf(answerOf(api.GET('/v1/stats/calls', { params: { query }, signal })));
  if (rows.problem !== undefined) return rows;
  const cells = Array.from({ length: CELLS }, (): HeatCell => ({ calls: 0, answered: 0, hours: [] }));
  for (const { start, end: endOfHour, calls, answered } of rows.data) {
    const { weekday, hour } = weekHour(start ?? '');
    const cell = cells[weekday * 24 + hour];
    if (cell === undefined) continue;
    cell.calls += calls;
    cell.answered += answered;
    const [from, to] = [start, endOfHour].map((at) => Date.parse(at ?? ''));
    cell.hours.push({ from: from ?? 0, calls, answered, href: callsOf({ from, to }, {}, { taskId }) });
  }
  return { data: cells };
}

export function WeekHours(props: Props) {
  const { taskId, name } = props;
  const asked = useAsk(`${taskId} ${name} ${timeZone.value}`, (signal) => ask(props, signal));
  return (
    <Panel title={t('heat.title')} note={timeZone.value}>
      <Shown asked={asked} lines={8}>
        {(cells) => <Heatmap label={t('heat.title')} cells={cells} />}
      </Shown>
    </Panel>
  );
}
