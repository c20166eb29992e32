import type { Answer } from "../../packages/server/src/workspaces/sharing/testing-sharing.ts";
import { copyOf, type Letter, type Space, type World } from "./world.ts";

/** One step: who does what to which of all the things there are, anybody's. */
export interface Step {
  readonly who: Letter;
  readonly what: keyof typeof steps;
  /** Choose among what there is. */
  readonly one: number;
  readonly other: number;
}

interface Actor {
  readonly world: World;
  readonly me: Letter;
  readonly one: number;
  readonly other: number;
  call(method: Method, url: string, body?: unknown): Promise<Answer>;
}
type Method = "GET" | "POST" | "PUT" | "DELETE";

const own = "/api/stoa/v1";
const ok = ({ status }: Answer) => status >= 200 && status < 300;

/** An item of the list; `none` when it is empty. */
function choose<T>(all: Iterable<T>, index: number, none: T): T {
  const list = [...all];
  return list.length === 0 ? none : (list[index % list.length] ?? none);
}

/** One's own two times of three, or hardly anything would ever succeed; else any that was ever made, whosoever it is. */
function chooseId(index: number, own: Iterable<number>, all: Iterable<number>): number {
  const whose = index % 3 === 0 ? [] : [...own];
  return choose(whose.length > 0 ? whose : all, Math.floor(index / 3), 999_999);
}
function someSpace({ world, me, one }: Actor): number {
  const own = [...world.spaces.values()].filter(({ owner }) => owner === me).map(({ id }) => id);
  return chooseId(one, own, [...world.spaces.keys(), ...world.offers.keys()]);
}
function someOffer({ world, me, one }: Actor): number {
  const waiting = [...world.offers.values()].filter(({ to, accepted }) => to === me && !accepted).map(({ id }) => id);
  return chooseId(one, waiting, [...world.offers.keys(), ...world.spaces.keys()]);
}
const fileIn = ({ world, other }: Actor, id: number) =>
  choose(world.spaces.get(id)?.files.keys() ?? [], other, "x.txt");
const mine = ({ world, me }: Actor, id: number): Space | null => {
  const space = world.spaces.get(id);
  return space?.owner === me ? space : null;
};

function put(space: Space, file: string, content: string): void {
  space.files.set(file, content);
  if (!file.startsWith(".")) space.names.add(file);
}

async function queued(actor: Actor, answer: Answer): Promise<void> {
  if (ok(answer)) await actor.world.settled();
}

async function offered(actor: Actor, original: number, made: readonly { id: number; to: number }[]): Promise<void> {
  const { world, me } = actor;
  const space = world.spaces.get(original);
  for (const { id, to } of made) {
    const letter = (["A", "B", "C"] as const).find((one) => world.people[one].id === to);
    if (!space || !letter) throw new Error("an offer of nothing to nobody");
    world.offers.set(id, { id, from: me, to: letter, copy: copyOf(space, id, letter), accepted: false });
    world.grant(letter, space.names);
  }
  await world.settled();
}

function accepted({ world }: Actor, id: number): void {
  const offer = world.offers.get(id);
  if (!offer || offer.accepted) return;
  offer.accepted = true;
  world.spaces.set(id, offer.copy);
  world.grant(offer.to, [...offer.copy.files.values(), ...offer.copy.loose]);
}

/** What can be done. Each looks at ids of everybody's; what succeeds is written down in the world. */
export const steps = {
  async make(actor: Actor) {
    const { world, me } = actor;
    const [name, description, content, hidden] = [0, 1, 2, 3].map(() => world.secret(me)) as [
      string,
      string,
      string,
      string,
    ];
    const file = `${world.secret(me)}.txt`;
    const secretFile = `.${world.secret(me)}`;
    const files = [
      { name: file, content },
      { name: secretFile, content: hidden },
    ];
    const answer = await actor.call("POST", "/workspaces/", { name, description, workspace_details: { files } });
    if (!ok(answer)) return;
    const { id } = answer.body.data.workspace;
    const space: Space = { id, owner: me, names: new Set([name, description]), files: new Map(), loose: new Set() };
    put(space, file, content);
    put(space, secretFile, hidden);
    world.spaces.set(id, space);
  },
  async change(actor: Actor) {
    const id = someSpace(actor);
    const [name, content] = [actor.world.secret(actor.me), actor.world.secret(actor.me)];
    const file = fileIn(actor, id);
    const body = { name, workspace_details: { files: [{ name: file, content }] } };
    const answer = await actor.call("PUT", `/workspaces/${id}/`, body);
    const space = mine(actor, id);
    if (!ok(answer) || !space) return;
    space.names.add(name);
    put(space, file, content);
  },
  async upload(actor: Actor) {
    const id = someSpace(actor);
    const content = actor.world.secret(actor.me);
    const file = actor.other % 2 === 0 ? fileIn(actor, id) : `${actor.world.secret(actor.me)}.txt`;
    const url = `${own}/workspaces/${id}/files/content?path=${encodeURIComponent(file)}`;
    const space = mine(actor, id);
    if (ok(await actor.call("PUT", url, { content })) && space) put(space, file, content);
  },
  async look(actor: Actor) {
    const id = someSpace(actor);
    const file = encodeURIComponent(fileIn(actor, id));
    await actor.call("GET", "/workspaces/");
    for (const url of [
      `/workspaces/${id}/`,
      `${own}/workspaces/${id}/files`,
      `${own}/workspaces/${id}/files/tree`,
      `${own}/workspaces/${id}/files/search?query=zz`,
      `${own}/workspaces/${id}/files/content?path=${file}`,
      `${own}/workspaces/${id}/files/text?path=${file}`,
      `${own}/workspaces/${id}/files/checksum?path=${file}`,
    ]) {
      await actor.call("GET", url);
    }
  },
  async move(actor: Actor) {
    const [from, to] = [someSpace(actor), choose(actor.world.spaces.keys(), actor.other, 999_999)];
    const way = actor.one % 2 === 0 ? "move" : "copy";
    const body = { path: fileIn(actor, from), to: `${actor.world.secret(actor.me)}.txt`, to_workspace: to };
    const answer = await actor.call("POST", `${own}/workspaces/${from}/files/${way}`, body);
    await queued(actor, answer);
    const [source, target] = [mine(actor, from), mine(actor, to)];
    if (!ok(answer) || !source || !target) return;
    // Of folders, too, more may have come: all that was in the one may be in the other.
    for (const content of [...source.files.values(), ...source.loose]) target.loose.add(content);
    for (const name of source.names) target.names.add(name);
    target.names.add(body.to);
  },
  async throwAway(actor: Actor) {
    const id = someSpace(actor);
    const file = fileIn(actor, id);
    const answer = await actor.call("DELETE", `${own}/workspaces/${id}/files?path=${encodeURIComponent(file)}`);
    if (ok(answer)) actor.world.trash.add(answer.body.id);
    const space = mine(actor, id);
    const content = space?.files.get(file);
    if (ok(answer) && space && content !== undefined) space.loose.add(content);
  },
  async deleteAll(actor: Actor) {
    await queued(actor, await actor.call("DELETE", `/workspaces/${someSpace(actor)}/`));
    const { status, body } = await actor.call("GET", `${own}/trash`);
    if (status !== 200) throw new Error(`the trash: ${status} ${JSON.stringify(body)}`);
    for (const { id } of body.items) actor.world.trash.add(id);
  },
  async restore(actor: Actor) {
    await actor.call("POST", `${own}/trash/${choose(actor.world.trash, actor.one, 999_999)}/restore`);
    await actor.call("GET", `${own}/trash`);
  },
  async share(actor: Actor) {
    const original = someSpace(actor);
    const to = actor.world.people[choose(["A", "B", "C"] as const, actor.other, "A")].id;
    const body = { original_workspace_id: original, shared_user_ids: [to] };
    const answer = await actor.call("POST", "/shared_workspaces/", body);
    if (!ok(answer)) return;
    const made = answer.body.data.shared_workspaces as { shared_workspace_id: { id: number } }[];
    await offered(
      actor,
      original,
      made.map((one) => ({ id: one.shared_workspace_id.id, to })),
    );
  },
  async shareByOwnApi(actor: Actor) {
    const original = someSpace(actor);
    const to = actor.world.people[choose(["A", "B", "C"] as const, actor.other, "A")].id;
    const answer = await actor.call("POST", `${own}/workspaces/${original}/shares`, { account_ids: [to] });
    if (!ok(answer)) return;
    const items = answer.body.items as { id: number; copy: { operation_id: string } }[];
    for (const { copy } of items) actor.world.operations.add(copy.operation_id);
    await offered(
      actor,
      original,
      items.map(({ id }) => ({ id, to })),
    );
  },
  async accept(actor: Actor) {
    const id = someOffer(actor);
    const url = actor.other % 2 === 0 ? `/shared_workspaces/${id}/accept/` : `${own}/shares/${id}/accept`;
    const answer = await actor.call(actor.other % 2 === 0 ? "PUT" : "POST", url);
    if (ok(answer)) accepted(actor, id);
  },
  async end(actor: Actor) {
    const id = someOffer(actor);
    const ways: [Method, string, object?][] = [
      ["DELETE", `/shared_workspaces/${id}/`],
      ["POST", `${own}/shares/${id}/decline`, { reason: "none" }],
      ["POST", `${own}/shares/${id}/cancel`],
    ];
    await queued(actor, await actor.call(...choose<[Method, string, object?]>(ways, actor.other, ["GET", own])));
  },
  async lookAtShares(actor: Actor) {
    const id = someOffer(actor);
    for (const url of [
      "/shared_workspaces/",
      `/shared_workspaces/${id}/`,
      `${own}/shares`,
      `${own}/shares?direction=sent`,
      `${own}/shares/${id}`,
      `${own}/workspaces/${id}/shares`,
    ]) {
      await actor.call("GET", url);
    }
  },
  async lookAround(actor: Actor) {
    const operation = choose(actor.world.operations, actor.one, "00000000-0000-4000-8000-000000000000");
    for (const url of ["operations", `operations/${operation}`, "audit", "sessions", "account/tokens"]) {
      await actor.call("GET", `${own}/${url}`);
    }
    await actor.call("GET", "/users/?search=example.org");
    await actor.call("GET", "/jobs/");
  },
  async control(actor: Actor) {
    const operation = choose(actor.world.operations, actor.one, "00000000-0000-4000-8000-000000000000");
    const way = actor.other % 2 === 0 ? "cancel" : "retry";
    await queued(actor, await actor.call("POST", `${own}/operations/${operation}/${way}`));
  },
  async token(actor: Actor) {
    const label = actor.world.secret(actor.me);
    const answer = await actor.call("POST", `${own}/account/tokens`, { label, scopes: ["workspaces:read"] });
    if (ok(answer)) actor.world.tokens.add(answer.body.key_id);
  },
  async revoke(actor: Actor) {
    const key = choose(actor.world.tokens, actor.one, "amber-falcon-quiet-river");
    await actor.call("DELETE", `${own}/account/tokens/${key}`);
  },
} satisfies Record<string, (actor: Actor) => Promise<void>>;

/** Takes a step, and judges every answer and what it has left behind. @throws Leak */
export async function take(world: World, { who, what, one, other }: Step): Promise<void> {
  const calls: string[] = [];
  await steps[what]({
    world,
    me: who,
    one,
    other,
    async call(method, url, body) {
      const answer = await world.people[who].call(method, url, body);
      calls.push(`${method} ${url}: ${answer.status}`);
      world.judge(who, calls.at(-1) ?? "", answer);
      return answer;
    },
  });
  await world.unchangedBut(who, calls.join(", "));
}
