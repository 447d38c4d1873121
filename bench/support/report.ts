// Findings in, a table for people and a file for programs out.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { figure, type Finding, isMet, targetText } from './finding.js';
import { ROOT } from './paths.js';

const HEADINGS = ['benchmark', 'measured', 'value', 'target', 'met', 'behind it'];

/** A table in Markdown, as it stands in bench/README.md. */
export function tableOf(findings: readonly Finding[]): string {
  const rows = findings.map((finding) => [
    finding.part,
    finding.what,
    `${figure(finding.value)} ${finding.unit}`,
    targetText(finding.target),
    metText(finding),
    Object.entries(finding.details ?? {})
      .map(([name, value]) => `${name} ${figure(value)}`)
      .join('; '),
  ]);
  const lines = [HEADINGS, ...rows];
  const widths = HEADINGS.map((_, column) =>
    column === HEADINGS.length - 1 ? 3 : Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  const [head = '', ...body] = lines.map((line) => tableLine(line, widths));
  return [
    head,
    tableLine(
      widths.map((width) => '-'.repeat(width)),
      widths,
    ),
    ...body,
  ].join('\n');
}

/** @returns the path of the file */
export function writeResults(findings: readonly Finding[], options: object, startedAt: Date): string {
  const folder = join(ROOT, 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${startedAt.toISOString().replaceAll(':', '-')}.json`);
  const machine = {
    processors: cpus().map(({ model }) => model),
    memoryBytes: totalmem(),
    system: `${process.platform} ${release()}`,
    node: process.version,
  };
  const results = { startedAt, finishedAt: new Date(), machine, options, findings };
  writeFileSync(path, `${JSON.stringify(results, undefined, 2)}\n`);
  return path;
}

function metText(finding: Finding): string {
  const met = isMet(finding);
  if (met === undefined) return '';
  return met ? 'yes' : 'no';
}

function tableLine(cells: readonly string[], widths: readonly number[]): string {
  return `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
}
