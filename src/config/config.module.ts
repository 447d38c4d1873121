import { type DynamicModule, Global, Module } from '@nestjs/common';
import { MemoryPlan } from './memory-plan.js';
import { Settings } from './settings.js';

/** Provides the checked settings, and how memory is divided, to every module. */
@Global()
@Module({})
export class ConfigModule {
  static forRoot(settings: Settings): DynamicModule {
    return {
      module: ConfigModule,
      providers: [
        { provide: Settings, useValue: settings },
        { provide: MemoryPlan, useFactory: () => MemoryPlan.ofProcess() },
      ],
      exports: [Settings, MemoryPlan],
    };
  }
}
