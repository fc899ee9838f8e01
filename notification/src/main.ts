import { runService } from '@outerpark/chassis/service';
import { startNotification } from './app';
import { readConfig } from './config';

void runService('notification', readConfig, startNotification);
