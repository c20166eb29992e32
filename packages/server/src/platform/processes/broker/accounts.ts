import path from "node:path";
import { BrokerRefusal } from "../verbs.ts";
import { type BrokerGround, PLACES } from "./ground.ts";
import { type LentNumbers, lentNumbers } from "./lent-numbers.ts";
import {
  addGroup,
  addUser,
  findGroup,
  findUser,
  groupsOf,
  membersOf,
  moveHome,
  type PasswdEntry,
  setGroups,
} from "./system-users.ts";

type Whose = { readonly account: number; readonly uid: number };

/** People's accounts on this machine, as its own list of accounts has them. */
export interface SystemAccounts {
  /** Makes it, or finds it. @throws BrokerRefusal taken: another's number */
  ensure(whose: Whose): Promise<PasswdEntry>;
  /** It, if it is this person's. @throws BrokerRefusal refused */
  require(whose: Whose): Promise<PasswdEntry>;
  /** @throws BrokerRefusal taken */
  setGroups(whose: Whose, gids: readonly number[]): Promise<void>;
}

/** @param lent what other accounts' containers use */
export function createSystemAccounts(
  ground: Pick<BrokerGround, "dataDir" | "installation">,
  lent: () => Promise<readonly LentNumbers[]> = lentNumbers,
): SystemAccounts {
  /** What was once proved ours stays so as long as we run: nobody but root changes it. */
  const proved = new Map<string, PasswdEntry>();

  const wanted = ({ account, uid }: Whose): PasswdEntry => ({
    name: `stoa-${uid}`,
    uid,
    gid: uid,
    // Tells whose it is, so that no other installation's number, nor another person's, is ever taken for it.
    comment: `Stoa ${ground.installation} account ${account}`,
    home: path.join(ground.dataDir, PLACES.homes, String(account)),
  });

  async function find(whose: Whose): Promise<PasswdEntry | null> {
    const want = wanted(whose);
    const known = proved.get(want.comment);
    if (known?.uid === whose.uid) return known;
    const found = (await findUser(whose.uid)) ?? (await findUser(want.name));
    if (found === null) return null;
    const isOurs = (["name", "uid", "gid", "comment"] as const).every((field) => found[field] === want[field]);
    if (!isOurs) throw new BrokerRefusal("taken", `the number ${whose.uid} is ${found.name}'s on this machine`);
    // The data directory was moved.
    if (found.home !== want.home) await moveHome(want.name, want.home);
    proved.set(want.comment, want);
    return want;
  }

  /** Only of new ones: what exists has files. */
  async function refuseLent(number: number): Promise<void> {
    const theirs = (await lent()).find(({ first, last }) => number >= first && number <= last);
    if (theirs !== undefined)
      throw new BrokerRefusal("taken", `${theirs.to}'s containers may use the number ${number}`);
  }

  /** A group has no comment: whose it is, its members say. */
  async function ensurePeopleGroup(gid: number): Promise<string> {
    const name = `stoa-g${gid}`;
    if ((await findGroup(gid)) === null) await refuseLent(gid);
    await ensureGroup(name, gid);
    for (const member of await membersOf(name)) {
      const mark = MARK.exec((await findUser(member))?.comment ?? "")?.[1];
      if (mark !== undefined && mark !== ground.installation) {
        throw new BrokerRefusal("taken", `the group ${name} is another installation's on this machine`);
      }
    }
    return name;
  }

  return {
    async ensure(whose) {
      const found = await find(whose);
      if (found !== null) return found;
      const want = wanted(whose);
      await refuseLent(whose.uid);
      await ensureGroup(want.name, want.gid);
      await addUser(want);
      const made = await find(whose);
      if (made === null) throw new BrokerRefusal("failed", `the account ${want.name} was made and is not there`);
      return made;
    },
    async require(whose) {
      const found = await find(whose);
      if (found === null) throw new BrokerRefusal("refused", `account ${whose.account} has no system account yet`);
      return found;
    },
    async setGroups(whose, gids) {
      const { name } = await this.require(whose);
      const names: string[] = [];
      for (const gid of gids) names.push(await ensurePeopleGroup(gid));
      if (!(await isIn(name, names))) await setGroups(name, names);
    },
  };
}

/** Besides its own group exactly these: to ask is a tenth of the work of setting them. */
async function isIn(name: string, groups: readonly string[]): Promise<boolean> {
  const present = await groupsOf(name);
  return present.length === groups.length && groups.every((group) => present.includes(group));
}

const MARK = /^Stoa ([0-9a-f]+) account /;
const COMMENT = /^Stoa [0-9a-f]+ account ([1-9]\d{0,15})$/;

/** Whose account has this number, as the machine's list of accounts says; null: nobody's of a Stoa. */
export async function ownerByAccountList(uid: number): Promise<number | null> {
  const owner = COMMENT.exec((await findUser(uid))?.comment ?? "")?.[1];
  return owner === undefined ? null : Number(owner);
}

async function ensureGroup(name: string, gid: number): Promise<void> {
  const found = (await findGroup(gid)) ?? (await findGroup(name));
  if (found === null) await addGroup(name, gid);
  else if (found.name !== name || found.gid !== gid) {
    throw new BrokerRefusal("taken", `the number ${gid} is the group ${found.name}'s on this machine`);
  }
}
