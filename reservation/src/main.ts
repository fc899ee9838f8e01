import { runService } from '@outerpark/chassis/service';
import { startReservation } from './app';
import { readConfig } from './config';

void runService('reservation', readConfig, startReservation);
