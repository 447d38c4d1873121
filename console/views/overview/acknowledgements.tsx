import type { Schemas } from '../../api/client.js';
import { t } from '../../i18n/i18n.js';
import { shareDown } from '../../text/share.js';
import { count, dateTime } from '../../time/format.js';

type Props = Schemas['Acknowledgements'] & { readonly startedAt: string };

/** Upper ends of the bars, in ms: the API's finer ones are put together. */
const ENDS = [5, 10, 25, 50, 100, 200, 400, 700, Infinity];

/** How soon pushes are acknowledged, with the vendor's limit as a line: what is to its right was pushed in vain. */
export function Acknowledgements({ limitMs, buckets, startedAt }: Props) {
  const all = buckets.reduce((sum, bucket) => sum + bucket.count, 0);
  const bars = barsOf(buckets);
  const most = Math.max(1, ...bars.map((bar) => bar.count));
  const inTime = bars.filter(({ end }) => end <= limitMs).reduce((sum, bar) => sum + bar.count, 0);
  const label =
    all === 0
      ? t('overview.acks.none')
      : t('overview.acks.label', {
          share: shareDown(inTime, all),
          limit: limitMs,
          n: count(all),
        });
  return (
    <div class={`tile tile-acks ${toneOf(all, inTime)}`}>
      <h2>{t('overview.acks')}</h2>
      <div class="acks" role="img" aria-label={label}>
        {bars.map(({ end, count: value }) => (
          <div key={end} class={end > limitMs ? 'ack ack-late' : 'ack'} title={count(value)}>
            <span
              class="ack-bar"
              style={{ height: `${value === 0 ? 0 : Math.max(3, (value / most) * 100)}%` }}
            />
            <span class="ack-end">{end === Infinity ? `>${limitMs}` : end}</span>
          </div>
        ))}
      </div>
      <p class="quiet small">
        {label}
        {all > 0 && ` ${t('overview.acks.since', { at: dateTime(startedAt).slice(0, 16) })}`}
        {` ${t('overview.acks.ofProcess')}`}
      </p>
    </div>
  );
}

function barsOf(buckets: Props['buckets']) {
  return ENDS.map((end, index) => {
    const start = ENDS[index - 1] ?? 0;
    const within = buckets.filter(
      ({ upToMs }) => (upToMs ?? Infinity) > start && (upToMs ?? Infinity) <= end,
    );
    return { end, count: within.reduce((sum, bucket) => sum + bucket.count, 0) };
  });
}

/** One that was late now and then comes again; one of a hundred is too many. */
function toneOf(all: number, inTime: number): string {
  if (all === inTime) return '';
  return inTime / all < 0.99 ? 'tile-bad' : 'tile-warn';
}
