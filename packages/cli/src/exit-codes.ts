/** What a command's exit code says; part of each command's help. */
export const exitCodes = {
  done: 0,
  /** It ran, and what it looked at is not in order. */
  fault: 1,
  /** Called wrongly, or the configuration has problems. Nothing was done. */
  usage: 2,
  /** It could not be done: database unreachable, file unreadable, refused. */
  failed: 3,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Shown below every help text. */
export const EXIT_CODE_HELP = `
Exit codes: 0 done; 1 it found a fault; 2 wrong call or configuration, nothing done; 3 it could not be done.`;
