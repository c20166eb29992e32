/**
 * One run at a time, for all who ask. Who comes while one goes on shares the next with all others that wait: no answer
 * is older than its question, and however many ask, there is one run after another.
 */
export function shareRuns<T>(run: () => Promise<T>): () => Promise<T> {
  let current: Promise<unknown> | null = null;
  let next: Promise<T> | null = null;
  const begin = (): Promise<T> => {
    const running = run();
    const ended = running.then(noted, noted);
    current = ended;
    return running;

    function noted(): void {
      if (current === ended) current = null;
    }
  };
  return () => {
    if (next !== null) return next;
    if (current === null) return begin();
    next = current.then(() => {
      next = null;
      return begin();
    });
    return next;
  };
}
