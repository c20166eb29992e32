/** Steps between two ticks that are read at a glance, of one unit. */
const steps = [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000];
/** Spaces between ticks at most. */
const most = 4;

/** Where an axis of sizes is marked, from 0 past the largest, in round numbers of a unit: 0, 20, 40, 60 GiB. */
export function sizeTicks(largest: number): number[] {
  const unit = 1024 ** Math.max(0, Math.floor(Math.log2(Math.max(1, largest)) / 10));
  const step = (steps.find((one) => one * unit * most >= largest) ?? 1024) * unit;
  const count = Math.max(1, Math.ceil(largest / step));
  return Array.from({ length: count + 1 }, (_, at) => at * step);
}
