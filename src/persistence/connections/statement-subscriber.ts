import type { Span } from '@opentelemetry/api';
import {
  type AfterQueryEvent,
  type BeforeQueryEvent,
  type EntitySubscriberInterface,
  EventSubscriber,
  type QueryRunner,
  type TransactionStartEvent,
} from 'typeorm';
import { beginStatement, endStatement } from '../../tracing/spans.js';

/** The runners that `QueryServer` uses now, each with what to call when the server has answered. */
const watched = new WeakMap<QueryRunner, () => void>();
const spans = new WeakMap<QueryRunner, Span>();

/**
 * Registers a runner, which runs one statement at a time.
 *
 * @param hasAnswered is called after each answer of the server
 */
export function watchStatements(runner: QueryRunner, hasAnswered: () => void): void {
  watched.set(runner, hasAnswered);
}

/** Traces the statements that TypeORM makes from entities, and refuses nested transactions. */
@EventSubscriber()
export class StatementSubscriber implements EntitySubscriberInterface {
  /** @throws Error because its COMMIT would end the outer transaction */
  beforeTransactionStart({ queryRunner }: TransactionStartEvent): void {
    if (watched.has(queryRunner))
      throw new Error(
        'Use insert, update, upsert or delete: save and remove begin a transaction by themselves',
      );
  }

  beforeQuery({ queryRunner, query }: BeforeQueryEvent): void {
    const span = watched.has(queryRunner) ? beginStatement(summaryOf(query)) : undefined;
    if (span !== undefined) spans.set(queryRunner, span);
  }

  afterQuery(event: AfterQueryEvent): void {
    const { queryRunner, success } = event;
    const error: unknown = event.error;
    const span = spans.get(queryRunner);
    spans.delete(queryRunner);
    if (span !== undefined) endStatement(span, error);
    if (success) watched.get(queryRunner)?.();
  }
}

/** The name of the span by the conventions of OpenTelemetry, for example `SELECT api_keys`. */
function summaryOf(query: string): string {
  const [, operation = 'statement'] = /^(\w+)/.exec(query) ?? [];
  const [, table] = /\b(?:FROM|INTO|UPDATE) "(\w+)"/.exec(query) ?? [];
  return table === undefined ? operation : `${operation} ${table}`;
}
