// What a chart shows.

export interface Series {
  readonly label: string;
  readonly values: readonly (number | null)[];
  /** A custom property of the style sheet. */
  readonly colour: string;
  readonly kind: 'bars' | 'line' | 'dashed';
  /** The address of the calls that a value counts; @param index of the value. Undefined: it has none. */
  readonly hrefOf?: (index: number) => string | undefined;
  /** The address of the calls that all its values count. */
  readonly href?: string | undefined;
}

export interface TimeChartProps {
  /** Of the file that it is saved as. */
  readonly name: string;
  /** What it says, for those who do not see it. */
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
  /** Whether the scale fits rates: it shows where they are rather than all from 0 to 1. */
  readonly isRate?: boolean;
  /** A range that was dragged over; epoch milliseconds. */
  readonly onRange?: (from: number, to: number) => void;
  readonly height?: number;
}
