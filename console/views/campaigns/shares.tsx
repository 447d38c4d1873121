import type { StatsRow } from '../../api/stats.js';
import { REST } from '../../charts/colours.js';
import { ShareBars } from '../../charts/share-bars.js';
import { t } from '../../i18n/i18n.js';
import type { Range } from '../../time/range.js';
import { callsOf } from '../calls/calls-link.js';

interface Props {
  readonly rows: readonly StatsRow[];
  readonly field: 'smartStatusCode' | 'majorIntent';
  readonly labelOf: (value: string | null) => string;
  readonly colourOf: (value: string | null) => string;
  readonly taskId: string;
  readonly range: Partial<Range> | undefined;
}

/** The rest are too few to be seen. */
const MOST = 12;

/** The calls of a campaign by the values of a field, each with the way to them. */
export function Shares({ rows, field, labelOf, colourOf, taskId, range = {} }: Props) {
  const sorted = rows.toSorted((a, b) => b.calls - a.calls);
  const shares = sorted.slice(0, MOST).map(({ [field]: value = null, calls }) => ({
    label: labelOf(value),
    code: value ?? '',
    value: calls,
    colour: colourOf(value),
    href: callsOf(range, {}, { taskId, [field]: value }),
  }));
  const rest = sorted.slice(MOST).reduce((sum, { calls }) => sum + calls, 0);
  if (rest > 0)
    shares.push({ label: t('result.rest'), code: '…', value: rest, colour: REST, href: undefined });
  return <ShareBars shares={shares} />;
}
