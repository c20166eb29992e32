/** For audit entries: who had the shell. */
export function operator(): string {
  return `operator at the host (${process.env.SUDO_USER ?? process.env.USER ?? `uid ${process.getuid?.()}`})`;
}
