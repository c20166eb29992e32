import type { JobFile } from "../job-file.ts";
import { RUN_FILES } from "../job-file.ts";
import { CannotStart, type ProgramEnd } from "../program.ts";
import { type Command, enclosed } from "./enclosed.ts";
import { INSIDE, isSeen } from "./file-view.ts";
import { isLedOut, leadOut } from "./network.ts";
import { keepAdopting, makeSocketFolder } from "./own-socket.ts";

/** What is around a session's program: its enclosure, its way out, the place where it is reached. */
export interface Surroundings {
  /** Tells the program where to listen. */
  readonly env: Readonly<Record<string, string>>;
  /** What is run in the program's place. @throws CannotStart */
  wrap(command: Command): Command;
  /** It runs, by this number. */
  begun(pid: number): void;
  /** How the program ended, by how what is around it did. */
  endOf(end: ProgramEnd): ProgramEnd;
  stop(): void;
}

/** @param socketPath where a program without an enclosure listens */
export function createSurroundings(job: JobFile, socketPath: string): Surroundings {
  const { enclosure, port, web } = job;
  const stops: (() => void)[] = [];
  return {
    env: web === "program" ? placeOf(socketPath, enclosure !== undefined, port) : {},
    wrap(command) {
      if (enclosure === undefined) return command;
      if (!isSeen(command[0], { ...enclosure, writable: [...enclosure.writable, job.program.cwd] })) {
        throw new CannotStart(`The program ${command[0]} lies where sessions can't see it.`);
      }
      if (web === "program") makeSocketFolder();
      return enclosed(job, command, "program");
    },
    begun(pid) {
      if (enclosure === undefined) return;
      if (isLedOut(enclosure.network)) stops.push(leadOut(enclosure.network, pid));
      if (web === "program") stops.push(keepAdopting());
    },
    endOf: (end) => (enclosure === undefined ? end : toldBySignal(end)),
    stop() {
      for (const stop of stops.splice(0)) stop();
    },
  };
}

function placeOf(socketPath: string, isEnclosed: boolean, port: number | undefined): Record<string, string> {
  if (port !== undefined) return { STOA_SESSION_PORT: String(port) };
  return { STOA_SESSION_SOCKET: isEnclosed ? `${INSIDE.sockets}/${RUN_FILES.web}` : socketPath };
}

/** Numbers of the signals that end programs. */
const SIGNALS: Readonly<Record<number, string>> = {
  1: "SIGHUP",
  2: "SIGINT",
  3: "SIGQUIT",
  4: "SIGILL",
  6: "SIGABRT",
  7: "SIGBUS",
  8: "SIGFPE",
  9: "SIGKILL",
  11: "SIGSEGV",
  13: "SIGPIPE",
  15: "SIGTERM",
};

/** bubblewrap, like a shell, tells of a signal by 128 and its number. */
function toldBySignal(end: ProgramEnd): ProgramEnd {
  const signal = end.code === null ? undefined : SIGNALS[end.code - 128];
  return signal === undefined ? end : { code: null, signal };
}
