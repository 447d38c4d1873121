import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Server } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { Settings } from '../config/settings.js';

/**
 * The first step of a shutdown: the service says that it is not ready any more, and goes on taking all that comes for as
 * long as a load balancer needs to notice. Nest runs this hook before those by which connections are closed.
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
    // A service that could not start keeps nobody waiting.
    if (shutdownDelayMs === 0 || !server.listening) return;
    this.logger.log(`not ready any more; connections are closed in ${shutdownDelayMs} ms`);
    await wait(shutdownDelayMs);
  }
}
