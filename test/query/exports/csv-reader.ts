// A strict reader of RFC 4180, written against the RFC and not against the writer.

/**
 * @returns lines of cells; a cell that is empty without quotes is null
 * @throws Error where the text is not as the RFC has it
 */
export function readCsv(text: string): (string | null)[][] {
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  const lines: (string | null)[][] = [];
  let line: (string | null)[] = [];
  while (cell.lastIndex < text.length) {
    const start = cell.lastIndex;
    const match = cell.exec(text);
    if (match === null) throw new Error(`not CSV at ${start}: ${text.slice(start, start + 40)}`);
    const [, quoted, bare, end] = match;
    line.push(quoted === undefined ? bare || null : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    lines.push(line);
    line = [];
  }
  if (line.length > 0) throw new Error('the last line has no end');
  return lines;
}
