const last = new Map<string, Promise<unknown>>();

/** One after another for each key, in this process; another process's work on it is the database's to hold back. */
export async function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
  const before = last.get(key) ?? Promise.resolve();
  const mine = before.catch(() => undefined).then(work);
  last.set(key, mine);
  try {
    return await mine;
  } finally {
    if (last.get(key) === mine) last.delete(key);
  }
}
