import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import type { Settings } from './config/settings.js';
import { jsonLine, masked, words } from './log-line.js';

/** Contexts in which Nest tells, in some sixty lines, that it has put the modules together. */
const ASSEMBLY = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/** Logs one JSON line an event, or for people; errors to the standard error, the rest to the standard output. */
export class ServiceLogger extends ConsoleLogger {
  constructor(private readonly settings: Settings) {
    super({ json: settings.logFormat === 'json', logLevels: settings.logLevels, prefix: 'Call Ledger' });
  }

  override log(message: unknown, ...rest: unknown[]): void {
    const context = rest.at(-1);
    // Nest's assembly is told only at `debug`.
    if (typeof context === 'string' && ASSEMBLY.has(context)) super.debug(message, ...rest);
    else super.log(message, ...rest);
  }

  protected override printMessages(
    messages: unknown[],
    context = '',
    level: LogLevel = 'log',
    stream: 'stdout' | 'stderr' = 'stdout',
    stack?: unknown,
    params?: Record<string, unknown>,
  ): void {
    if (this.settings.logFormat !== 'json') {
      super.printMessages(messages.map(words), context, level, stream, stack, params);
      return;
    }
    for (const message of messages)
      process[stream].write(`${jsonLine({ level, context, message, stack, params })}\n`);
  }

  protected override printStackTrace(stack: string): void {
    super.printStackTrace(String(masked(stack)));
  }
}
