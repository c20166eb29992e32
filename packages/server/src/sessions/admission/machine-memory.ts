import { freemem, totalmem } from "node:os";

/** The machine's memory, or that of the container we are in. */
export interface MachineMemory {
  readonly totalBytes: number;
  /** What programs can still take without anything having to give way but files' contents. */
  readonly availableBytes: number;
}

/** As the system tells it now (Linux: MemTotal and MemAvailable; less where our own control group is smaller). */
export function machineMemory(): MachineMemory {
  return {
    totalBytes: Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY),
    availableBytes: Math.min(freemem(), process.availableMemory()),
  };
}
