import type { ComponentChildren } from 'preact';
import { t } from '../../i18n/i18n.js';
import { Icon } from '../../ui/icons.js';

interface TileProps {
  readonly title: string;
  readonly value: ComponentChildren;
  readonly note?: ComponentChildren;
  readonly tone?: 'good' | 'warn' | 'bad' | undefined;
  /** Of 1, against the period before. */
  readonly change?: number | undefined;
  /** Whether the change is a difference of rates rather than a share. */
  readonly isPoints?: boolean;
  /** The address of the calls that it counts. */
  readonly href?: string | undefined;
}

/** One number and its name. */
export function Tile({ title, value, note, tone, change, isPoints = false, href }: TileProps) {
  return (
    <div class={tone === undefined ? 'tile' : `tile tile-${tone}`}>
      <h2>{title}</h2>
      <p class="tile-value">
        {href === undefined ? (
          value
        ) : (
          <a href={href} aria-label={typeof value === 'string' ? `${title}: ${value}` : undefined}>
            {value}
          </a>
        )}
      </p>
      {note !== undefined && <p class="quiet small">{note}</p>}
      {change !== undefined && <Change percent={Math.round(change * 1000) / 10} isPoints={isPoints} />}
    </div>
  );
}

/** @param percent rounded as it is shown: 0.0 goes neither up nor down */
function Change({ percent, isPoints }: { percent: number; isPoints: boolean }) {
  const n = `${percent > 0 ? '+' : ''}${(percent === 0 ? 0 : percent).toFixed(1)}`;
  // Of a rate it is known which way is good.
  const tone = !isPoints || percent === 0 ? '' : percent > 0 ? 'change-good' : 'change-bad';
  return (
    <p class={`change small ${tone}`}>
      {percent !== 0 && <Icon name={percent < 0 ? 'down' : 'up'} />}
      {t(isPoints ? 'sum.points' : 'sum.change', { n })}
    </p>
  );
}
