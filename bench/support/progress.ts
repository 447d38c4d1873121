/** Says on stderr what is going on: one line that changes on a terminal, a line each elsewhere. */
export function say(text: string): void {
  const { stderr } = process;
  stderr.write(stderr.isTTY ? `\r\x1b[2K${text}` : `${text}\n`);
}

/** Ends the line that changes. */
export function sayNoMore(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[2K');
}
