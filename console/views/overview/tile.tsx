import type { ComponentChildren } from 'preact';
import { t } from '../../i18n/i18n.js';
import { Icon } from '../../ui/icons.js';

interface TileProps {
  readonly title: string;
  readonly value: ComponentChildren;
  readonly note?: ComponentChildren;
  readonly tone?: 'good' | 'warn' | 'bad' | undefined;
  /** Of 1, against the span before. */
  readonly change?: number | undefined;
  /** Whether the change is a difference of rates rather than a share. */
  readonly isPoints?: boolean;
}

/** One number and its name. */
export function Tile({ title, value, note, tone, change, isPoints = false }: TileProps) {
  return (
    <div class={tone === undefined ? 'tile' : `tile tile-${tone}`}>
      <h2>{title}</h2>
      <p class="tile-value">{value}</p>
      {note !== undefined && <p class="quiet small">{note}</p>}
      {change !== undefined && <Change percent={Math.round(change * 1000) / 10} isPoints={isPoints} />}
    </div>
  );
}

/** @param percent rounded as it is shown: 0.0 goes neither up nor down */
function Change({ percent, isPoints }: { percent: number; isPoints: boolean }) {
  const n = `${percent > 0 ? '+' : ''}${(percent === 0 ? 0 : percent).toFixed(1)}`;
  return (
    <p class="change small">
      {percent !== 0 && <Icon name={percent < 0 ? 'down' : 'up'} />}
      {t(isPoints ? 'sum.points' : 'sum.change', { n })}
    </p>
  );
}
