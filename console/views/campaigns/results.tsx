import { resultLabel, useCodes } from '../../api/results.js';
import { type StatsRow, sumsBy } from '../../api/stats.js';
import { useAsk } from '../../api/use-ask.js';
import { REST, resultColour } from '../../charts/colours.js';
import { ShareBars } from '../../charts/share-bars.js';
import { t } from '../../i18n/i18n.js';
import type { Range } from '../../time/range.js';
import { Panel } from '../../ui/bits.js';
import { Empty, Shown } from '../../ui/states.js';
import { callsOf } from '../calls/calls-link.js';

interface Props {
  readonly taskId: string;
  /** Names the range, however it moves on with time. */
  readonly name: string;
  /** Undefined: all of time. */
  readonly range: Range | undefined;
}

/** Why the calls of a campaign went as they did. */
export function Results({ taskId, name, range }: Props) {
  const asked = useAsk(`${taskId} ${name}`, (signal) => sumsBy('smartStatusCode', range, signal, { taskId }));
  return (
    <Panel title={t('overview.outcomes')}>
      <Shown asked={asked} lines={8}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty title={t('overview.none')} />
          ) : (
            <Bars rows={rows} taskId={taskId} range={range} />
          )
        }
      </Shown>
    </Panel>
  );
}

interface BarsProps {
  readonly rows: readonly StatsRow[];
  readonly taskId: string;
  readonly range: Partial<Range> | undefined;
}

/** The rest are too few to be seen. */
const MOST = 12;

function Bars({ rows, taskId, range = {} }: BarsProps) {
  const codes = useCodes();
  const sorted = rows.toSorted((a, b) => b.calls - a.calls);
  const shares = sorted.slice(0, MOST).map(({ smartStatusCode: code = null, calls }) => ({
    label: resultLabel(codes, code, t('result.none')),
    code: code ?? '',
    value: calls,
    colour: resultColour(code),
    href: callsOf(range, {}, { taskId, smartStatusCode: code }),
  }));
  const rest = sorted.slice(MOST).reduce((sum, { calls }) => sum + calls, 0);
  if (rest > 0)
    shares.push({ label: t('result.rest'), code: '…', value: rest, colour: REST, href: undefined });
  return <ShareBars shares={shares} />;
}
