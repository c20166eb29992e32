import { describe } from "vitest";
import { hubWithLab } from "../../support/jupyter-peers.ts";
import { wholeDay } from "./whole-day.ts";

const lab = hubWithLab();

describe.skipIf(lab === null)("a person's day at JupyterHub 5 with Lab 4", () => wholeDay(lab ?? "", lab ?? ""));
