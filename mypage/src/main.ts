import { runService } from '@outerpark/chassis/service';
import { startMyPage } from './app';
import { readConfig } from './config';

void runService('mypage', readConfig, startMyPage);
