import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Files of a few bytes to some KiB in each person's directory, in folders of a hundred. */
export function makeTrees(base: string, people: number, filesEach: number): void {
  const content = Buffer.alloc(4096, "x");
  for (let person = 0; person < people; person += 1) {
    for (let file = 0; file < filesEach; file += 1) {
      const folder = join(base, `person-${person}`, `part-${Math.floor(file / 100)}`);
      if (file % 100 === 0) mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `file-${file}.dat`), content.subarray(0, (file * 37) % 4096));
    }
  }
}
