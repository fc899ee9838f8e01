import { runService } from '@outerpark/chassis/service';
import { startMusical } from './app';
import { readConfig } from './config';

void runService('musical', readConfig, startMusical);
