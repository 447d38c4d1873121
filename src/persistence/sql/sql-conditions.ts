/** Collects the conditions of a WHERE clause for one statement. Every value becomes a parameter. */
export class SqlConditions {
  private readonly conditions: string[] = [];
  private readonly parameters: unknown[] = [];

  /** The values of the statement's parameters so far, in order. */
  get values(): unknown[] {
    return [...this.parameters];
  }

  /** The WHERE clause; empty text if there is no condition. */
  get where(): string {
    return this.conditions.length === 0 ? '' : `WHERE ${this.conditions.join(' AND ')}`;
  }

  /** Adds a parameter and returns its placeholder, for example `$1`. */
  parameter(value: unknown): string {
    this.parameters.push(value);
    return `$${this.parameters.length}`;
  }

  add(condition: string): void {
    this.conditions.push(condition);
  }

  /**
   * Adds no condition if `values` is undefined. Compares a single value with `=`, because only then can an index return
   * the rows in the page's order.
   */
  oneOf(column: string, values: readonly string[] | undefined): void {
    if (values === undefined) return;
    const [only] = values;
    this.add(
      values.length === 1
        ? `${column} = ${this.parameter(only)}`
        : `${column} = ANY(${this.parameter(values)}::text[])`,
    );
  }

  atLeast(column: string, value: number | string | undefined): void {
    if (value !== undefined) this.add(`${column} >= ${this.parameter(value)}`);
  }

  atMost(column: string, value: number | undefined): void {
    if (value !== undefined) this.add(`${column} <= ${this.parameter(value)}`);
  }

  /** A half-open range [from, to) of epoch milliseconds. */
  between(column: string, from: number | undefined, to: number | undefined): void {
    if (from !== undefined) this.add(`${column} >= ${this.instant(from)}`);
    if (to !== undefined) this.add(`${column} < ${this.instant(to)}`);
  }

  /** Adds a time as a parameter and returns the SQL for it. */
  instant(epochMs: number): string {
    return `${this.parameter(new Date(epochMs).toISOString())}::timestamptz`;
  }
}
