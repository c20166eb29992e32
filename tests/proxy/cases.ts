import { bodies } from "./cases/bodies.ts";
import { framing } from "./cases/framing.ts";
import { headers, sessionRules } from "./cases/headers.ts";
import { interim } from "./cases/interim.ts";
import { methods } from "./cases/methods.ts";
import { programs } from "./cases/programs.ts";
import { sockets } from "./cases/sockets.ts";
import type { Case } from "./trial.ts";

/** All of them, in the order of the table in docs/proxy-cases.md. */
export const groups: readonly { readonly name: string; readonly cases: readonly Case[] }[] = [
  { name: "Methods and addresses", cases: methods },
  { name: "Bodies, streams and connections", cases: bodies },
  { name: "Framing and smuggling", cases: framing },
  { name: "Interim answers", cases: interim },
  { name: "What programs do wrong", cases: programs },
  { name: "WebSockets and upgrades", cases: sockets },
  { name: "Headers", cases: headers },
  { name: "What a session may not do to the portal", cases: sessionRules },
];
