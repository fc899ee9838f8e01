import { escapeHtml, page } from '../http/html';
import type { Charge } from './charge';

const ENDED: Record<Exclude<Charge['status'], 'requires_action'>, string> = {
  approved: 'This payment is approved. You can close this page.',
  declined: 'This payment was declined. You can close this page.',
  cancelled: 'This payment was cancelled. Nothing is charged, and you can close this page.',
};

const BUTTONS = `<form method="post">
<button class="primary" name="decision" value="approve">Approve</button>
<button name="decision" value="decline">Decline</button>
</form>`;

/** The page on which a customer pays, or reads how it ended. */
export const paymentPage = ({ status, amount, reference }: Charge): string =>
  page(
    'Payment',
    `<dl><dt>Amount</dt><dd>${amount.toLocaleString('en')} KRW</dd><dt>Reference</dt><dd>${escapeHtml(reference)}</dd></dl>
${status === 'requires_action' ? BUTTONS : `<p>${ENDED[status]}</p>`}
<p><small>OuterPark's simulated payment provider. No money moves.</small></p>`,
  );
