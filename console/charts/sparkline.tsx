const WIDTH = 120;
const HEIGHT = 28;

interface SparklineProps {
  readonly label: string;
  readonly values: readonly number[];
  /** The part of each value that is filled strongly. */
  readonly parts: readonly number[];
}

/** A row of small bars, such as the calls of each day with those that were answered. */
export function Sparkline({ label, values, parts }: SparklineProps) {
  const most = Math.max(1, ...values);
  const step = WIDTH / Math.max(1, values.length);
  const bar = (value: number) => Math.max(value === 0 ? 0 : 1, (value / most) * HEIGHT);
  return (
    <svg
      class="sparkline"
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={label}
    >
      {values.map((value, index) => {
        const [whole, part] = [bar(value), bar(parts[index] ?? 0)];
        const at = { x: index * step, width: Math.max(1, step - 1) };
        return (
          <g key={index}>
            <rect {...at} y={HEIGHT - whole} height={whole} class="sparkline-whole" />
            <rect {...at} y={HEIGHT - part} height={part} class="sparkline-part" />
          </g>
        );
      })}
    </svg>
  );
}
