// What was measured: one finding, one row of the table.

export interface Finding {
  /** The benchmark that found it: `ingest`. */
  readonly part: string;
  readonly what: string;
  readonly value: number;
  /** What the value counts; `×` for ratios. */
  readonly unit: string;
  readonly target?: Target;
  /** What stands behind the value, each with its unit in its name. */
  readonly details?: Readonly<Record<string, number | string>>;
}

export type Target = { readonly atLeast: number } | { readonly atMost: number };

export function isMet({ value, target }: Finding): boolean | undefined {
  if (target === undefined) return undefined;
  return 'atLeast' in target ? value >= target.atLeast : value <= target.atMost;
}

export function targetText(target: Target | undefined): string {
  if (target === undefined) return '';
  return 'atLeast' in target ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`;
}

/** Three digits that count; more where the number is larger. */
export function figure(value: number | string): string {
  if (typeof value === 'string') return value;
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (low === undefined || high === undefined) return NaN;
  return (low + high) / 2;
}

/** @param share from 0 to 1 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
