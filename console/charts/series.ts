// What a chart shows.

export interface Series {
  readonly label: string;
  readonly values: readonly (number | null)[];
  /** A custom property of the style sheet. */
  readonly colour: string;
  readonly kind: 'bars' | 'line' | 'dashed';
}

export interface TimeChartProps {
  readonly label: string;
  /** Where each value's part of the range begins; epoch milliseconds. */
  readonly times: readonly number[];
  readonly series: readonly Series[];
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  /** A value as it is told: exactly. */
  readonly show: (value: number | null) => string;
  /** A value beside the axis, where there is little room; as told, when not given. */
  readonly showOnAxis?: (value: number) => string;
  /** Whether the bars stand on each other. */
  readonly isStacked?: boolean;
  /** The least upper end of the scale. */
  readonly top?: number;
  readonly height?: number;
}
