import type { Mail } from './mail';

const MOST = 1000;

/** The mails that came, oldest first; in memory, and only the newest thousand. */
export class Mails {
  private mails: Mail[] = [];

  add(mail: Mail): void {
    this.mails = [...this.mails, mail].slice(-MOST);
  }

  /** All, or those of one recipient (his address, whatever its case). */
  list(recipient?: string): Mail[] {
    const wanted = recipient?.toLowerCase();
    return this.mails.filter(
      ({ envelope }) => !wanted || envelope.to.some((address) => address.toLowerCase() === wanted),
    );
  }

  find(id: string): Mail | undefined {
    return this.mails.find((mail) => mail.id === id);
  }

  clear(): void {
    this.mails = [];
  }
}
