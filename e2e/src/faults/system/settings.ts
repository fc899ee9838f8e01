import type { Service } from '@outerpark/dev/start/ports';

export type Settings = Partial<Record<Service | 'gateway', Record<string, string>>>;

/** Windows so short that "longer than a deadline" fits into a case. What is not named here is as in production. */
export const SHORT: Settings = {
  reservation: {
    PAYMENT_WINDOW_MS: '25000',
    EXPIRY_GRACE_MS: '8000',
    INTENT_LIMIT_MS: '6000',
    INTENT_LEASE_MS: '3000',
    BREAKER_RESET_MS: '1000',
    SWEEP_EVERY_MS: '500',
  },
  payment: {
    DEFERRAL_MS: '30000',
    ATTEMPT_CUTOFF_MS: '5000',
    PROVIDER_TIMEOUT_MS: '1500',
    BREAKER_RESET_MS: '1000',
    RETRY_LONGEST_MS: '3000',
  },
  notification: { MAIL_TIMEOUT_MS: '5000', MAIL_RETRY_FIRST_MS: '1000', MAIL_RETRY_LONGEST_MS: '5000' },
};

/** The suite's settings and a case's own, service by service. */
export const settingsOf = (own: Settings): Settings => {
  const services = [...new Set([...Object.keys(SHORT), ...Object.keys(own)])] as (keyof Settings)[];
  return Object.fromEntries(services.map((service) => [service, { ...SHORT[service], ...own[service] }]));
};
