/**
 * Moves account 12's folders into the storage, as a process that a test can kill:
 * `node testing-move-in.ts DATA_DIRECTORY STORAGE_DIRECTORY`.
 */
import { createInProcessFileWork } from "../file-work/in-process.ts";
import { createDirectories } from "./directories.ts";

const [dataDir = "", directory = ""] = process.argv.slice(2);
const directories = createDirectories(dataDir, "test");
const files = createInProcessFileWork({ directories, symlinkRoots: [] });
await directories.finishMoves();
if ((await directories.placeOf(12)) === "apart") {
  console.log("staging");
  const isPlaced = await files.run(12, "placeMoveIn", { directory }).then(
    () => true,
    () => false,
  );
  if (!isPlaced) await files.run(12, "stageMoveIn", { directory });
  console.log("placing");
  if (!isPlaced) await files.run(12, "placeMoveIn", { directory });
  await directories.moveIn(12, directory);
}
console.log(await directories.placeOf(12));
