import { percent } from '../time/format.js';

/** A rate as a bar and as a number, to be compared down a column. */
export function RateBar({ rate }: { rate: number | null }) {
  return (
    <span class="rate">
      <span class="rate-track" aria-hidden="true">
        <span class="rate-fill" style={{ width: `${(rate ?? 0) * 100}%` }} />
      </span>
      <span class="rate-value">{percent(rate)}</span>
    </span>
  );
}
