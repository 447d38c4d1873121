// A part and its whole in, the percentage that it is at least out.

/**
 * Rounded down, to hundredths: what is promised of all is not said of all but one.
 *
 * @param whole more than 0
 */
export function shareDown(part: number, whole: number): string {
  return part === whole ? '100%' : `${(Math.floor((part * 10_000) / whole) / 100).toFixed(2)}%`;
}
