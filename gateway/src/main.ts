import { runService } from '@outerpark/chassis/service';
import { startGateway } from './app';
import { readConfig } from './config';

void runService('gateway', readConfig, startGateway);
