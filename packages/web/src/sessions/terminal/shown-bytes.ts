/** Bytes shown before they are told to the other end: a frame for each of thousands of small pieces would cost more. */
const tellAfter = 65_536;

/** Tells what was shown in few frames: whenever much was, and when nothing more is waiting to be. */
export function shownBytes(tell: (bytes: number) => void) {
  let waiting = 0;
  let untold = 0;
  return {
    arrived(bytes: number) {
      waiting += bytes;
    },
    shown(bytes: number) {
      waiting -= bytes;
      untold += bytes;
      if (untold < tellAfter && waiting > 0) return;
      tell(untold);
      untold = 0;
    },
  };
}
