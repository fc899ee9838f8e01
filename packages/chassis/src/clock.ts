/** The time as data: passed in, so that a rule about deadlines can be tested at any moment. */
export type Clock = () => Date;

export const systemClock: Clock = () => new Date();
