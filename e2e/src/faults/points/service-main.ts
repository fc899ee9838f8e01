import { runService, type RunningService, type ServiceTools } from '@outerpark/chassis/service';
import { startMusical } from '@outerpark/musical/app';
import { readConfig as musicalConfig } from '@outerpark/musical/config';
import { startMyPage } from '@outerpark/mypage/app';
import { readConfig as mypageConfig } from '@outerpark/mypage/config';
import { startNotification } from '@outerpark/notification/app';
import { readConfig as notificationConfig } from '@outerpark/notification/config';
import { startPayment } from '@outerpark/payment/app';
import { readConfig as paymentConfig } from '@outerpark/payment/config';
import { startReservation } from '@outerpark/reservation/app';
import { readConfig as reservationConfig } from '@outerpark/reservation/config';
import { shiftClock } from './clock';
import { readConfig } from './config';
import { brokerEdge, mailerEdge, musicalEdge, providerEdge, storeEdge } from './edges';
import { knowNextSchema } from './next-release';
import { createPoints } from './points';

// A service by its own composition root, with the fault suite standing between it and its neighbours.
const fault = readConfig();
shiftClock(fault.faultClockMs);
knowNextSchema(fault.faultNextSchema);
const pass = createPoints({
  points: fault.faultPoints,
  signal: fault.faultSignal,
  nth: fault.faultNth,
  dir: fault.faultDir,
});
const broker = brokerEdge(pass);

const mains: Record<typeof fault.faultService, () => Promise<void>> = {
  musical: () =>
    runService('musical', musicalConfig, (config, tools) =>
      startMusical(config, tools, { broker, database: storeEdge(pass) }),
    ),
  reservation: () =>
    runService('reservation', reservationConfig, (config, tools) =>
      startReservation(config, tools, { broker, database: storeEdge(pass), musical: musicalEdge(pass) }),
    ),
  payment: () =>
    runService('payment', paymentConfig, (config, tools) =>
      startPayment(config, tools, { broker, database: storeEdge(pass), provider: providerEdge(pass) }),
    ),
  notification: () =>
    runService('notification', notificationConfig, (config, tools) =>
      startNotification(config, tools, { broker, database: storeEdge(pass), mailer: mailerEdge(pass) }),
    ),
  mypage: () =>
    runService('mypage', mypageConfig, (config, tools): Promise<RunningService> =>
      startMyPage(config, tools satisfies ServiceTools, { broker, store: storeEdge(pass) }),
    ),
};

void mains[fault.faultService]();
