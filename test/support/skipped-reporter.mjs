// Ends a run with one line for each file of which tests were skipped, and the reason: what the file has printed after SKIPPED.
import { relative } from 'node:path';

const MARK = 'SKIPPED: ';

export default class SkippedReporter {
  lines = [];

  constructor({ rootDir, testNamePattern }) {
    this.rootDir = rootDir;
    // All the others are skipped then, because somebody wants it so.
    this.isOfSome = Boolean(testNamePattern);
  }

  onTestResult({ path }, { testResults, console: printed }) {
    const skipped = testResults.filter(({ status }) => status === 'pending');
    // Jest keeps what a file prints for the reporters, unless it is the only one.
    const reasons = (printed ?? [])
      .filter(({ message }) => message.startsWith(MARK))
      .map(({ message }) => message.slice(MARK.length));
    if (this.isOfSome || skipped.length + reasons.length === 0) return;
    const count = `${skipped.length} of ${testResults.length} tests`;
    const names = skipped.map(({ fullName }) => fullName);
    const why = [...new Set(reasons.length > 0 ? reasons : names)].join('; ');
    this.lines.push(`SKIPPED ${relative(this.rootDir, path)} (${count}): ${why}`);
  }

  onRunComplete() {
    for (const line of this.lines.sort()) console.error(line);
  }
}
