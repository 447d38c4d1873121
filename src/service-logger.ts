import { ConsoleLogger } from '@nestjs/common';
import type { Settings } from './config/settings.js';

/** Contexts in which Nest tells, in some sixty lines, that it has put the modules together. */
const ASSEMBLY = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/** Logs to the standard output, one JSON line an event or for people; Nest's assembly only at `debug`. */
export class ServiceLogger extends ConsoleLogger {
  constructor(settings: Settings) {
    super({ json: settings.logFormat === 'json', logLevels: settings.logLevels });
  }

  override log(message: unknown, ...rest: unknown[]): void {
    const context = rest.at(-1);
    if (typeof context === 'string' && ASSEMBLY.has(context)) super.debug(message, ...rest);
    else super.log(message, ...rest);
  }
}
