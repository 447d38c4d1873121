import { Injectable, Logger, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { Settings } from '../config/settings.js';
import { errorText } from '../errors.js';
import { turnOn } from './spans.js';

/** The limit for the last export. A collector that does not answer must not delay the shutdown. */
const FLUSH_MS = 2000;

/** Starts and ends the export of spans. While tracing is off, the SDK is not loaded. */
@Injectable()
class Tracing implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Tracing');
  private end: (() => Promise<void>) | undefined;

  constructor(private readonly settings: Settings) {}

  async onModuleInit(): Promise<void> {
    const { tracing } = this.settings;
    if (tracing === undefined) return;
    const { startSdk } = await import('./sdk.js');
    this.end = await startSdk(tracing, (reason) => {
      this.logger.warn(reason);
    });
    turnOn();
    this.logger.log(`spans are exported with OTLP (${tracing})`);
  }

  async onApplicationShutdown(): Promise<void> {
    const ended = this.end?.().catch((error: unknown) => {
      this.logger.warn(`the last spans were not exported: ${errorText(error)}`);
    });
    await Promise.race([ended, wait(FLUSH_MS, undefined, { ref: false })]);
  }
}

/** OpenTelemetry. It is off unless its environment variables turn it on. */
@Module({ providers: [Tracing] })
export class TracingModule {}
