import { Counter, Gauge, type Registry } from "prom-client";

export type SignInOutcome = "done" | "refused" | "busy";

/** How many got in and how many didn't, and how long the queue for the password check is. */
export function createSignInMetrics(registry: Registry, waiting: () => number): (outcome: SignInOutcome) => void {
  const signIns = new Counter({
    name: "stoa_sign_ins_total",
    help: "Sign-ins by password: done, refused, or turned away because too many waited.",
    labelNames: ["outcome"],
    registers: [registry],
  });
  new Gauge({
    name: "stoa_password_checks_waiting",
    help: "Password checks that wait for their turn.",
    registers: [registry],
    collect() {
      this.set(waiting());
    },
  });
  return (outcome) => signIns.inc({ outcome });
}
