/** Works on one after the other. What fails holds up none of the rest; the first failure is thrown when all have had their turn. */
export async function eachInTurn<Item>(items: Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  for (const item of items) await work(item).catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}
