import type pg from "pg";
import { fold } from "../../packages/server/src/activity/search/fold.ts";

export const PEOPLE = 2_000;
export const EXECUTIONS = 5_000_000;
/** One person's part of them. */
export const OF_ONE = EXECUTIONS / 10;
const MONTHS = 24;
const TEMPLATES = 4_000;
/** Stands for a number of the execution's own. */
const NUMBER = "§";

/** Of every thousandth template, and of none: what a search finds seldom, and never. */
export const RARE = "ichthyology_survey";
const NEVER = ["reportable_dataframe", "import printer_", "nowhere to be found"] as const;

const LIBRARIES = ["numpy as np", "pandas as pd", "matplotlib.pyplot as plt", "torch", "sklearn.cluster", "os", "json"];
const VERBS = [
  "merge",
  "groupby",
  "dropna",
  "read_csv",
  "to_parquet",
  "plot",
  "fillna",
  "sort_values",
  "apply",
  "join",
];
const THINGS = [
  "orders",
  "patients",
  "spectra",
  "genes",
  "flights",
  "sensors",
  "stations",
  "papers",
  "images",
  "votes",
];
const FIELDS = ["price", "age", "mass", "weight", "region", "year", "score", "signal", "depth", "label", "temperature"];
const PERSIAN = ["میانگین دما", "نمودار فروش", "کتابخانه", "دادهٔ بیماران", "پرسش‌نامه"];

const SHAPES = [
  (w: Words) => `import ${w(LIBRARIES)}\nprint("ready ${NUMBER}")`,
  (w: Words) => `df = pd.${w(VERBS)}("${w(THINGS)}_${NUMBER}.csv")\ndf.head()`,
  (w: Words) => `result = ${w(THINGS)}.${w(VERBS)}("${w(FIELDS)}").${w(VERBS)}()\nprint(result[${NUMBER}])`,
  (w: Words) => `for ${w(FIELDS)} in ${w(THINGS)}:\n    total += ${w(FIELDS)} * ${NUMBER}\nprint(f"{total:.2f}")`,
  (w: Words) => `# ${w(PERSIAN)}\n${w(THINGS)}["${w(FIELDS)}"].mean() + ${NUMBER}`,
  (w: Words) =>
    `plt.figure(figsize=(8, 4))\nplt.plot(${w(THINGS)}["${w(FIELDS)}"], label="${w(FIELDS)}")\nplt.title("${w(THINGS)} by ${w(FIELDS)}, run ${NUMBER}")\nplt.legend()\nplt.show()`,
  (w: Words) =>
    `def ${w(VERBS)}_${w(THINGS)}(frame, limit=${NUMBER}):\n    """Keeps the ${w(FIELDS)} of ${w(THINGS)}."""\n    kept = frame[frame["${w(FIELDS)}"] > limit]\n    return kept.${w(VERBS)}("${w(FIELDS)}")`,
];
type Words = (list: readonly string[]) => string;

/** Always the same: what is searched is what was written. */
function templates(): string[] {
  let state = 20_261_122;
  const random = (most: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * most);
  };
  const words: Words = (list) => list[random(list.length)] ?? "";
  return Array.from({ length: TEMPLATES }, (_, n) => {
    const shape = SHAPES[random(SHAPES.length)] as (w: Words) => string;
    return n % 1_000 === 7 ? `${shape(words)}\n${RARE}(${NUMBER})` : shape(words);
  });
}

/** What people look for: what is everywhere, here and there, once, and nowhere; in both scripts. */
export function needles(): string[] {
  const once = Array.from({ length: 15 }, (_, n) => `ready ${n * 331_111 + 10}`);
  const often = ["print(", "import", "plt.show", ".groupby(", "READ_CSV", "kept = frame", "total +="];
  const seldom = [`${VERBS[3]}_${THINGS[5]}`, RARE, `"${FIELDS[8]}"].mean`, "votes by depth", "frame, limit=4711"];
  return [
    ...once,
    ...often,
    ...seldom,
    ...PERSIAN,
    ...NEVER,
    "run 4999990",
    "genes_49",
    "sensors.join",
    "by signal, run",
  ];
}

/** Too short for an index of trigrams. */
export const SHORT = ["pd", "np", "df", "7)", "xq", "zz", "_9", "+="];

/**
 * Five million executions of 2,000 people over two years, one of them with every tenth; all of them by SQL, the indexes
 * of the big table made after. @param heavy the account with most
 */
export async function fillLog(pool: pg.Pool, heavy: number): Promise<void> {
  await pool.query(`insert into accounts (username, username_key, email, full_name, password_hash)
    select 'bench-' || n, 'bench-' || n, 'bench-' || n || '@example.org', 'Bench ' || n, 'x'
    from generate_series(1, ${PEOPLE - 1}) n`);
  await pool.query("create unlogged table bench_people as select row_number() over () - 1 as n, id from accounts");
  await pool.query("create unlogged table bench_templates (n int primary key, code text, folded text)");
  const all = templates();
  const text = `insert into bench_templates
    select n - 1, code, folded from unnest($1::text[], $2::text[]) with ordinality as t (code, folded, n)`;
  // The mark itself is folded too: both have to be replaced.
  await pool.query(text, [all, all.map((code) => code.split(NUMBER).map(fold).join(NUMBER))]);
  await pool.query("analyze bench_people, bench_templates");
  const indexes = await takeIndexes(pool);
  for (let month = 0; month < MONTHS; month += 1) await fillMonth(pool, month, heavy);
  await pool.query("set maintenance_work_mem = '768MB'");
  for (const { definition } of indexes) await pool.query(definition);
  await figures(pool);
  await pool.query("drop table bench_people, bench_templates");
  await pool.query("vacuum (analyze) activity_executions");
  await pool.query("analyze activity_days, activity_totals, accounts");
  await pool.query("checkpoint").catch(() => undefined);
}

async function takeIndexes(pool: pg.Pool): Promise<{ name: string; definition: string }[]> {
  const { rows } = await pool.query<{ name: string; definition: string }>(
    `select indexrelid::regclass::text as name, replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ') as definition
    from pg_index where indrelid = 'activity_executions'::regclass order by 1`,
  );
  for (const { name } of rows) await pool.query(`drop index ${name}`);
  return rows;
}

/** In order of time, as they arrive. @param back months before this one */
async function fillMonth(pool: pg.Pool, back: number, heavy: number): Promise<void> {
  const begin = `(date_trunc('month', now() at time zone 'UTC') - interval '${back} months')`;
  const table = await pool.query<{ name: string; days: number }>(
    `select to_char(${begin}, '"activity_executions_"YYYY_MM') as name,
      extract(day from least(${begin} + interval '1 month', now() at time zone 'UTC') - ${begin})::int as days`,
  );
  const { name = "", days = 28 } = table.rows[0] ?? {};
  const rows = Math.ceil(EXECUTIONS / MONTHS);
  const first = `(${begin} at time zone 'UTC')`;
  await pool.query(`create table if not exists ${name} partition of activity_executions
    for values from (${await literal(pool, first)}) to (${await literal(pool, `((${begin} + interval '1 month') at time zone 'UTC')`)})`);
  await pool.query(`
    insert into ${name} (account_id, at, entry_id, milliseconds, cell_number, failed, cut, code, error, folded)
    select case when i % 10 = 0 then ${heavy} else p.id end, ${first} + i * interval '1 second' * ${days} * 86400 / ${rows},
      gen_random_uuid(), i % 5000, i % 200, i % 12 = 0, false,
      replace(t.code, '${NUMBER}', x.number), case when i % 12 = 0 then 'ValueError: no ' || x.number end,
      replace(t.folded, '${NUMBER}', x.number) || case when i % 12 = 0 then E'\\nvalueerror: no ' || x.number else '' end
    from generate_series(0, ${rows - 1}) i
    join bench_templates t on t.n = (hashint8(i + ${back}) & 2147483647) % ${TEMPLATES}
    join bench_people p on p.n = (hashint8(i + ${back + 7_919}) & 2147483647) % ${PEOPLE}
    cross join lateral (select (i + ${back * rows})::text as number) x
    order by i`);
}

async function literal(pool: pg.Pool, expression: string): Promise<string> {
  const { rows } = await pool.query<{ text: string }>(`select quote_literal((${expression})::text) as text`);
  return rows[0]?.text ?? "";
}

async function figures(pool: pg.Pool): Promise<void> {
  await pool.query(`insert into activity_days
    select account_id, (at at time zone 'UTC')::date, count(*), count(*) filter (where failed), sum(milliseconds), max(at)
    from activity_executions group by 1, 2`);
  await pool.query(`insert into activity_totals
    select account_id, sum(executions), sum(errors), sum(milliseconds), max(last_at) from activity_days group by 1`);
}
