import { Module } from '@nestjs/common';
import { SecurityModule } from '../../security/security.module.js';
import { DeliveriesController } from './deliveries.controller.js';
import { DeliveriesService } from './deliveries.service.js';
import { DeliveryRepository } from './delivery.repository.js';

@Module({
  imports: [SecurityModule],
  controllers: [DeliveriesController],
  providers: [DeliveriesService, DeliveryRepository],
})
export class DeliveriesModule {}
