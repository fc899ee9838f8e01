/** `1,200` is 1200; an empty text, or anything but a whole number, is none. */
export const numberOf = (text: string): number => {
  const plain = text.trim().replace(/(?<=\d),(?=\d{3}(\D|$))/g, '');
  return /^\d+$/.test(plain) ? Number(plain) : NaN;
};
