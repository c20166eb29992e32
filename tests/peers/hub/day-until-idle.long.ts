import { describe } from "vitest";
import { debianHub, hubWithLab } from "../../support/jupyter-peers.ts";
import { wholeDay } from "./whole-day.ts";

const [debian, lab] = [debianHub(), hubWithLab()];

describe.skipIf(lab === null)("a person's day at JupyterHub 5 with Lab 4, and a minute of nothing", () =>
  wholeDay(lab ?? "", lab ?? "", "until it is idle"),
);
describe.skipIf(debian === null || lab === null)("a person's day at Debian's JupyterHub 3 with Lab 4", () =>
  wholeDay(debian ?? "", lab ?? "", "until it is idle"),
);
