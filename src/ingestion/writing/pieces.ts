// Rows in, runs of them that are handled at once out.

/** What a run may have at most. A row that is larger alone is a run of its own. */
export interface PieceLimits {
  readonly rows: number;
  /** As the rows are measured. */
  readonly size: number;
}

export function pieces<Row>(
  rows: readonly Row[],
  most: PieceLimits,
  sizeOf: (row: Row) => number = () => 0,
): Row[][] {
  const found: Row[][] = [];
  let piece: Row[] = [];
  let size = 0;
  for (const row of rows) {
    const ofRow = sizeOf(row);
    if (piece.length === 0 || piece.length >= most.rows || size + ofRow > most.size) {
      piece = [];
      found.push(piece);
      size = 0;
    }
    piece.push(row);
    size += ofRow;
  }
  return found;
}
