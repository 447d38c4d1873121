// The settings in, spans on their way to a collector out. While tracing is off, nothing of the SDK is loaded.
import { Injectable, Logger, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { Settings } from '../config/settings.js';
import { errorText } from '../errors.js';
import { turnOn } from './spans.js';

/** A collector that does not answer must not hold up the end of the service. */
const FLUSH_MS = 2000;

@Injectable()
export class Tracing implements OnModuleInit, OnApplicationShutdown {
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
    this.logger.log(`spans are exported by OTLP, ${tracing}`);
  }

  async onApplicationShutdown(): Promise<void> {
    const ended = this.end?.().catch((error: unknown) => {
      this.logger.warn(`the last spans were not exported: ${errorText(error)}`);
    });
    await Promise.race([ended, wait(FLUSH_MS, undefined, { ref: false })]);
  }
}

/** OpenTelemetry, off unless its environment variables say otherwise. */
@Module({ providers: [Tracing] })
export class TracingModule {}
