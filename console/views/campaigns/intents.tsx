// What the people of a campaign wanted, and how many of those who were called came so far.
import { type StatsRow, sumOf, sumsBy } from '../../api/stats.js';
import { useAsk } from '../../api/use-ask.js';
import { intentColour } from '../../charts/colours.js';
import { t } from '../../i18n/i18n.js';
import type { Range } from '../../time/range.js';
import { Panel } from '../../ui/bits.js';
import { Empty, Shown } from '../../ui/states.js';
import { Funnel } from './funnel.js';
import { Shares } from './shares.js';

interface Props {
  readonly taskId: string;
  /** Names the range, however it moves on with time. */
  readonly name: string;
  /** Undefined: all of time. */
  readonly range: Range | undefined;
}

export function Intents({ taskId, name, range }: Props) {
  const asked = useAsk(`${taskId} ${name}`, (signal) => sumsBy('majorIntent', range, signal, { taskId }));
  return (
    <div class="pair">
      <Panel title={t('funnel.title')}>
        <Shown asked={asked} lines={4}>
          {(rows) => (
            <Funnel sum={sumOf(rows)} intents={rows.filter(hasIntent)} ends={range} taskId={taskId} />
          )}
        </Shown>
      </Panel>
      <Panel title={t('intent.title')}>
        <Shown asked={asked} lines={4}>
          {(rows) =>
            rows.some(hasIntent) ? (
              <Shares
                rows={rows.filter(hasIntent)}
                field="majorIntent"
                labelOf={(intent) => intent ?? t('intent.none')}
                colourOf={intentColour}
                taskId={taskId}
                range={range}
              />
            ) : (
              <Empty title={t('intent.noneYet')}>{t('intent.noneYet.more')}</Empty>
            )
          }
        </Shown>
      </Panel>
    </div>
  );
}

function hasIntent({ majorIntent = null }: StatsRow): boolean {
  return majorIntent !== null;
}
