import { resultLabel, useCodes } from '../../api/results.js';
import { sumsBy } from '../../api/stats.js';
import { useAsk } from '../../api/use-ask.js';
import { resultColour } from '../../charts/colours.js';
import { t } from '../../i18n/i18n.js';
import type { Range } from '../../time/range.js';
import { Panel } from '../../ui/bits.js';
import { Empty, Shown } from '../../ui/states.js';
import { Shares } from './shares.js';

interface Props {
  readonly taskId: string;
  /** Names the range, however it moves on with time. */
  readonly name: string;
  /** Undefined: all of time. */
  readonly range: Range | undefined;
}

/** Why the calls of a campaign went as they did. */
export function Results({ taskId, name, range }: Props) {
  const codes = useCodes();
  const asked = useAsk(`${taskId} ${name}`, (signal) => sumsBy('smartStatusCode', range, signal, { taskId }));
  return (
    <Panel title={t('overview.outcomes')}>
      <Shown asked={asked} lines={8}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty title={t('overview.none')} />
          ) : (
            <Shares
              rows={rows}
              field="smartStatusCode"
              labelOf={(code) => resultLabel(codes, code, t('result.none'))}
              colourOf={resultColour}
              taskId={taskId}
              range={range}
            />
          )
        }
      </Shown>
    </Panel>
  );
}
