import { beforeAll, describe } from "vitest";
import { describeDriver } from "../../../../packages/server/src/storage/drivers/contract-suite.ts";
import { createSshHost } from "../../../../packages/server/src/storage/hosts/ssh-host.ts";
import { EXPECTED_OF_ZFS, log, MIB, zfsGround } from "../zfs-ground.ts";
import { buildVm, type VmImage, whyNoVm } from "./build-vm.ts";
import { startVm, type Vm } from "./run-vm.ts";
import { OPENZFS } from "./zfs-modules.ts";

const BASE = "stoa/home";
const why = whyNoVm();

/** The contract, on the OpenZFS that people run, over SSH, in a machine of its own. */
describe.skipIf(why !== null)(`zfs on OpenZFS over SSH${why === null ? "" : `: ${why}`}`, () => {
  let image: VmImage;
  let vm: Vm;

  beforeAll(async () => {
    image = await buildVm(OPENZFS);
  });

  describeDriver(
    "zfs on OpenZFS over SSH",
    async () => {
      vm = await startVm(image, { disks: [1024], memoryMib: 2048 });
      await vm.must("modprobe", "zfs");
      await vm.must("zpool", "create", "-m", "none", "stoa", "/dev/vdb");
      await vm.must("zfs", "create", "-o", "mountpoint=/srv/home", BASE);
      return zfsGround({
        base: BASE,
        mount: "/srv/home",
        openHost: () => createSshHost({ ...vm.ssh, backend: "zfs", base: BASE, log }),
        exec: (program, args) => vm.run(program, args),
        close: async () => vm[Symbol.asyncDispose](),
      });
    },
    { ...EXPECTED_OF_ZFS, quota: { bytes: 2 * MIB, tooMuch: 4 * MIB } },
  );
});
