// What is to be known of the statements that TypeORM makes of entities.
import type { Span } from '@opentelemetry/api';
import {
  type AfterQueryEvent,
  type BeforeQueryEvent,
  type EntitySubscriberInterface,
  EventSubscriber,
  type QueryRunner,
  type TransactionStartEvent,
} from 'typeorm';
import { beginStatement, endStatement } from '../tracing/spans.js';

/** The runners of {@link QueryServer}, each with what is to be told when the server has answered. */
const watched = new WeakMap<QueryRunner, () => void>();
const spans = new WeakMap<QueryRunner, Span>();

/** Lets the subscriber know a runner, which runs one statement at a time. */
export function watchStatements(runner: QueryRunner, hasAnswered: () => void): void {
  watched.set(runner, hasAnswered);
}

/** Notes the spans of entities' statements, and refuses transactions inside of the service's own. */
@EventSubscriber()
export class StatementSubscriber implements EntitySubscriberInterface {
  /** @throws Error: its COMMIT would end the transaction around it */
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

/** As the conventions of OpenTelemetry have it: `SELECT api_keys`. */
function summaryOf(query: string): string {
  const [, operation = 'statement'] = /^(\w+)/.exec(query) ?? [];
  const [, table] = /\b(?:FROM|INTO|UPDATE) "(\w+)"/.exec(query) ?? [];
  return table === undefined ? operation : `${operation} ${table}`;
}
