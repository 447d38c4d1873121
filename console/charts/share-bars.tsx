import { visible } from '../text/visible.js';
import { count, percent } from '../time/format.js';
import { visibly } from '../ui/given.js';

export interface Share {
  readonly label: string;
  readonly code: string;
  readonly value: number;
  readonly colour: string;
  /** The address of what it counts. */
  readonly href: string | undefined;
}

/** What a whole consists of, the largest first. */
export function ShareBars({ shares }: { shares: readonly Share[] }) {
  const whole = shares.reduce((sum, { value }) => sum + value, 0);
  const most = Math.max(1, ...shares.map(({ value }) => value));
  return (
    <ul class="shares">
      {shares.map(({ label, code, value, colour, href }) => (
        <li key={code}>
          <span class="share-label" title={visible(code)}>
            {href === undefined ? visibly(label) : <a href={href}>{visibly(label)}</a>}
          </span>
          <span class="share-track" aria-hidden="true">
            <span
              class="share-fill"
              style={{ width: `${(value / most) * 100}%`, background: `var(${colour})` }}
            />
          </span>
          <span class="share-value">
            {count(value)} <span class="quiet">{percent(whole === 0 ? null : value / whole)}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
