import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import type { Settings } from './config/settings.js';
import { jsonLine, levelName, masked, words } from './log-line.js';

/** Contexts of the messages, some sixty lines, that Nest logs while it puts the modules together. */
const ASSEMBLY = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/** Contexts of the messages that tell a person at a terminal how the start and the end go on. */
const TOLD = new Set(['Start', 'Database', 'Stop']);

/**
 * Logs each event as a line of JSON or as a line for people. Errors go to standard error, the rest to standard
 * output.
 */
export class ServiceLogger extends ConsoleLogger {
  constructor(private readonly settings: Pick<Settings, 'logFormat' | 'logLevels'>) {
    // Colours are for terminals, not for files.
    const isPlain = settings.logFormat === 'json' || !process.stdout.isTTY;
    super({
      json: settings.logFormat === 'json',
      logLevels: settings.logLevels,
      ...(isPlain && { colors: false }),
    });
  }

  override log(message: unknown, ...rest: unknown[]): void {
    const context = rest.at(-1);
    // These messages are logged at level `debug` only.
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
    for (const message of messages) {
      const line =
        this.settings.logFormat === 'json'
          ? jsonLine({ level, context, message, stack, params })
          : this.lineForPeople(level, context, [message, ...(params === undefined ? [] : [params])]);
      process[stream].write(`${line}\n`);
    }
  }

  protected override printStackTrace(stack: string | undefined): void {
    if (stack !== undefined) super.printStackTrace(String(masked(stack)));
  }

  private lineForPeople(level: LogLevel, context: string, messages: readonly unknown[]): string {
    // Only a person at a terminal reads these, one after the other.
    if (level === 'log' && TOLD.has(context) && process.stdout.isTTY) return messages.map(words).join(' ');
    const time = `${new Date().toISOString().slice(0, -'.000Z'.length)}Z`;
    const name = this.colorize(levelName(level).toUpperCase().padEnd(5), level);
    return `${time} ${name} ${context === '' ? '' : `${context}: `}${messages.map(words).join(' ')}`;
  }
}
