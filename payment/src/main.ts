import { runService } from '@outerpark/chassis/service';
import { startPayment } from './app';
import { readConfig } from './config';

void runService('payment', readConfig, startPayment);
