/** 50000 -> ₩50,000 */
export const won = (amount: number): string => `₩${amount.toLocaleString('en-US')}`;
