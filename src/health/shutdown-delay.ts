import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Server } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { Settings } from '../config/settings.js';

/**
 * The first step of a shutdown. The service reports that it is not ready, and continues to take requests until a load
 * balancer has had time to notice. Nest runs this hook before the hooks that close connections.
 */
@Injectable()
export class ShutdownDelay implements OnModuleDestroy {
  private readonly logger = new Logger('Stop');
  private begun = false;

  constructor(
    private readonly settings: Settings,
    private readonly host: HttpAdapterHost,
  ) {}

  get hasBegun(): boolean {
    return this.begun;
  }

  async onModuleDestroy(): Promise<void> {
    this.begun = true;
    const { shutdownDelayMs } = this.settings;
    const server = this.host.httpAdapter.getHttpServer() as Server;
    // Without a listening server, no client has to notice the shutdown.
    if (shutdownDelayMs === 0 || !server.listening) return;
    this.logger.log(`the service is not ready any more and closes its connections in ${shutdownDelayMs} ms`);
    await wait(shutdownDelayMs);
  }
}
