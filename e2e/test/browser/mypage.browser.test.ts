import type { ServiceName } from '../system';
import { onMyPage, registers } from './evening';
import { theatre } from './stage';

// My page while what it lives on breaks under it.
const scene = theatre();
const LOST = /ERR_|Failed to load resource/;

scene('My page says that it is offline, and has caught up when it is back', async ({ api, enters, system }) => {
  const musical = await registers(api.admin, 'Tunnel', { VIP: { seats: 5, price: 10_000 } });
  await system.faults({ requireAction: true });
  const { id } = await api.alice.reserves(musical.id, 1);
  const asked = await api.alice.sees(id, ({ payment }) => payment.status === 'action_required');
  const { page, context, signsIn, forgives } = await enters();
  forgives(LOST);
  await signsIn('alice', '/mypage');
  const reservation = onMyPage(page, musical);
  await reservation.getByText('Your payment needs you').waitFor();
  await page.getByText('Live', { exact: true }).waitFor();

  await context.setOffline(true);
  await page.getByText('Offline', { exact: true }).waitFor();
  await fetch(asked.payment.url!, { method: 'POST', body: new URLSearchParams({ decision: 'approve' }) });
  await api.alice.sees(id, ({ status }) => status === 'confirmed');
  await context.setOffline(false);
  await reservation.getByText('Paid and confirmed').waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
});

for (const name of ['gateway', 'mypage'] satisfies ServiceName[]) {
  scene(`My page lives on when ${name} has been restarted under it`, async ({ api, enters, system }) => {
    const musical = await registers(api.admin, `Restart of ${name}`, { VIP: { seats: 5, price: 10_000 } });
    const { page, signsIn, forgives } = await enters();
    forgives(LOST);
    await signsIn('bob', '/mypage');
    await page.getByText('Live', { exact: true }).waitFor();
    await page.evaluate('window.loadedOnce = true');
    await system.stop(name);
    await page.getByText(/^(Reconnecting…|Updated every few seconds)$/).waitFor();
    await system.start(name);
    await api.bob.reserves(musical.id, 1);
    await onMyPage(page, musical).getByText('Paid and confirmed').waitFor({ timeout: 60_000 });
    expect(await page.evaluate('window.loadedOnce')).toBe(true);
  });
}
