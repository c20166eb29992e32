/** Powers of 1024, as quotas are given; their words are under `storage.unit`. */
export const binary = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

export type SizeUnit = (typeof binary)[number];

export interface Size {
  readonly value: number;
  readonly unit: SizeUnit;
  /** Places after the point worth writing. */
  readonly places: number;
}

/** Bytes in the unit in which they are read best: 10 GiB. */
export function sizeOf(bytes: number): Size {
  // From 1,023.5 on it would be written as 1,024 of them.
  let step = 0;
  while (step < binary.length - 1 && bytes >= 1023.5 * 1024 ** step) step += 1;
  const value = bytes / 1024 ** step;
  return { value, unit: binary[step] ?? "B", places: step === 0 || value >= 100 ? 0 : 1 };
}
