/**
 * What the system catalogs say about tables. Columns that newer servers added to a catalog are read through `to_jsonb(row)`, where a
 * missing one is null. The search path holds the repository's schema alone meanwhile: expressions read the same
 * whatever the schema is called, and what lies outside of it is written with its schema.
 */
import type { Row } from "../../sql.js";
import type { PostgresSession } from "../session.js";
import { inspectionPath } from "../settings.js";

/** The answers to the questions of `queries` about one table, by their names. */
export type Catalog = Readonly<Record<keyof ReturnType<typeof queries>, readonly Row[]>>;

/** Tables that are asked for at once: planning these queries takes longer than answering them for one table. */
const batchSize = 500;

/**
 * Asks for everything about tables, in one round trip for hundreds of them.
 * @param oids of the tables in `pg_class`
 * @returns what was found of each table, by its oid
 */
export async function readCatalogs(
  session: PostgresSession,
  oids: readonly bigint[],
): Promise<Map<bigint, Catalog>> {
  const found = new Map<bigint, Catalog>();
  for (let start = 0; start < oids.length; start += batchSize) {
    await readBatch(session, oids.slice(start, start + batchSize), found);
  }
  return found;
}

async function readBatch(
  session: PostgresSession,
  oids: readonly bigint[],
  found: Map<bigint, Catalog>,
): Promise<void> {
  const asked = Object.entries(queries(oids, session.serverVersion));
  const answers = await session.queryAll(
    asked.map(([, text]) => text),
    inspectionPath(session.namespace),
  );
  const empty = (): Record<string, Row[]> => Object.fromEntries(asked.map(([name]) => [name, []]));
  const byTable = new Map(oids.map((oid) => [`${oid}`, empty()]));
  for (const [index, [name]] of asked.entries()) {
    for (const row of answers[index] ?? []) byTable.get(String(row["tableOid"]))?.[name]?.push(row);
  }
  for (const oid of oids) found.set(oid, byTable.get(`${oid}`) as unknown as Catalog);
}

/** The names of the columns with the numbers in `array`, in its order, as JSON. */
const columnNames = (relation: string, array: string): string =>
  `(SELECT coalesce(jsonb_agg(x.attname ORDER BY k.position), '[]')
    FROM unnest(${array}) WITH ORDINALITY AS k (attnum, position)
    JOIN pg_attribute x ON x.attrelid = ${relation} AND x.attnum = k.attnum)::text`;

const comment = (oid: string, catalog: string): string => `obj_description(${oid}, '${catalog}') AS comment`;

const queries = (oids: readonly bigint[], version: number) =>
  answersOf(`ANY ('{${oids.join()}}'::oid[])`, version);

const answersOf = (oid: string, version: number) => ({
  table: `SELECT c.oid::text AS "tableOid", c.relkind::text AS kind, c.relpersistence::text AS persistence, c.relispartition AS partition,
      c.relrowsecurity AS "rowSecurity", c.relforcerowsecurity AS "forceRowSecurity", c.relreplident::text AS identity,
      to_jsonb(c.reloptions)::text AS storage, to_jsonb(toast.reloptions)::text AS "toastStorage", am.amname::text AS "accessMethod",
      space.spcname::text AS tablespace, c.reloftype <> 0 AS typed, pg_get_partkeydef(c.oid) AS "partitionBy",
      pg_get_expr(c.relpartbound, c.oid) AS bound, c.oid::regclass::text AS reference,
      (SELECT jsonb_agg(i.inhparent::regclass::text ORDER BY i.inhseqno)::text FROM pg_inherits i WHERE i.inhrelid = c.oid) AS parents,
      (SELECT bool_or((to_jsonb(i) ->> 'inhdetachpending')::boolean) FROM pg_inherits i WHERE i.inhrelid = c.oid) AS detaching,
      quote_ident(pg_get_userbyid(c.relowner)) AS owner, ${comment("c.oid", "pg_class")}
    FROM pg_class c LEFT JOIN pg_class toast ON toast.oid = c.reltoastrelid LEFT JOIN pg_am am ON am.oid = c.relam
      LEFT JOIN pg_tablespace space ON space.oid = c.reltablespace
    WHERE c.oid = ${oid}`,

  columns: `SELECT a.attrelid::text AS "tableOid", a.attname::text AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS "notNull",
      CASE WHEN a.attcollation <> t.typcollation THEN
        CASE WHEN pg_collation_is_visible(o.oid) THEN '' ELSE quote_ident(s.nspname) || '.' END || quote_ident(o.collname)
      END AS collation,
      a.attgenerated::text AS generated, pg_get_expr(d.adbin, d.adrelid) AS expression, a.attidentity::text AS identity,
      a.attislocal AS local, CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage::text END AS storage,
      to_jsonb(a) ->> 'attcompression' AS compression, a.attstattarget::integer AS statistics,
      to_jsonb(a.attoptions)::text AS options, col_description(a.attrelid, a.attnum) AS comment
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
      LEFT JOIN pg_collation o ON o.oid = a.attcollation LEFT JOIN pg_namespace s ON s.oid = o.collnamespace
      LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = ${oid} AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,

  sequences: `SELECT d.refobjid::text AS "tableOid", c.relname::text AS name, a.attname::text AS column, d.deptype::text AS dependency,
      format_type(q.seqtypid, NULL) AS type, q.seqstart AS start, q.seqincrement AS increment, q.seqmin AS minimum,
      q.seqmax AS maximum, q.seqcache AS cache, q.seqcycle AS cycle, c.relnamespace = t.relnamespace AS here
    FROM pg_depend d JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'S' JOIN pg_sequence q ON q.seqrelid = c.oid
      JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid JOIN pg_class t ON t.oid = d.refobjid
    WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = ${oid}
      AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i') ORDER BY c.relname`,

  constraints: `SELECT con.conrelid::text AS "tableOid", con.conname::text AS name, con.contype::text AS kind, con.condeferrable AS deferrable, con.condeferred AS deferred,
      con.convalidated AS validated, con.connoinherit AS "noInherit", con.conislocal AS local,
      ${columnNames("con.conrelid", "con.conkey")} AS columns, r.relname::text AS "referencedTable",
      CASE WHEN r.relnamespace <> c.relnamespace THEN rs.nspname::text END AS "referencedSchema",
      ${columnNames("con.confrelid", "con.confkey")} AS "referencedColumns",
      con.confupdtype::text AS "onUpdate", con.confdeltype::text AS "onDelete", con.confmatchtype::text AS match,
      ${columnNames("con.conrelid", "ARRAY(SELECT (jsonb_array_elements_text(nullif(to_jsonb(con) -> 'confdelsetcols', 'null'::jsonb)))::smallint)")} AS "onDeleteColumns",
      (to_jsonb(con) ->> 'conperiod')::boolean AS period, (to_jsonb(con) ->> 'conenforced')::boolean AS enforced,
      CASE con.contype WHEN 'c' THEN pg_get_expr(con.conbin, con.conrelid) WHEN 'x' THEN pg_get_constraintdef(con.oid) END AS definition,
      (to_jsonb(i) ->> 'indnullsnotdistinct')::boolean AS "nullsNotDistinct",
      ${columnNames("con.conrelid", "(i.indkey::smallint[])[i.indnkeyatts : i.indnatts - 1]")} AS include,
      i.indisclustered AS clustered, i.indisreplident AS "replicaIdentity",
      to_jsonb(ic.reloptions)::text AS storage, space.spcname::text AS tablespace,
      ${comment("con.oid", "pg_constraint")}, obj_description(ic.oid, 'pg_class') AS "indexComment"
    FROM pg_constraint con JOIN pg_class c ON c.oid = con.conrelid
      LEFT JOIN pg_class r ON r.oid = con.confrelid LEFT JOIN pg_namespace rs ON rs.oid = r.relnamespace
      LEFT JOIN pg_index i ON i.indexrelid = con.conindid AND con.contype IN ('p', 'u', 'x')
      LEFT JOIN pg_class ic ON ic.oid = i.indexrelid LEFT JOIN pg_tablespace space ON space.oid = ic.reltablespace
    WHERE con.conrelid = ${oid} AND con.contype <> 't'
      AND NOT EXISTS (SELECT FROM pg_constraint up WHERE up.oid = con.conparentid AND up.conrelid = con.conrelid)
    ORDER BY con.conname`,

  indexes: `SELECT i.indrelid::text AS "tableOid", c.relname::text AS name, quote_ident(c.relname) AS "quotedName", i.indisunique AS unique, i.indisvalid AS valid,
      am.amname::text AS method, pg_get_indexdef(i.indexrelid) AS definition,
      (SELECT jsonb_agg(jsonb_build_object('column', x.attname, 'text', pg_get_indexdef(i.indexrelid, k.n, false)) ORDER BY k.n)
        FROM generate_series(1, i.indnkeyatts) AS k (n)
        LEFT JOIN pg_attribute x ON x.attrelid = i.indrelid AND x.attnum = i.indkey[k.n - 1] AND x.attnum > 0)::text AS keys,
      ${columnNames("i.indrelid", "(i.indkey::smallint[])[i.indnkeyatts : i.indnatts - 1]")} AS include,
      pg_get_expr(i.indpred, i.indrelid) AS "where", (to_jsonb(i) ->> 'indnullsnotdistinct')::boolean AS "nullsNotDistinct",
      i.indisclustered AS clustered, i.indisreplident AS "replicaIdentity",
      to_jsonb(c.reloptions)::text AS storage, space.spcname::text AS tablespace, ${comment("c.oid", "pg_class")}
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am am ON am.oid = c.relam
      LEFT JOIN pg_tablespace space ON space.oid = c.reltablespace
    WHERE i.indrelid = ${oid} AND NOT EXISTS (SELECT FROM pg_constraint con
      WHERE con.conindid = i.indexrelid AND con.conrelid = i.indrelid AND con.contype IN ('p', 'u', 'x'))
    ORDER BY c.relname`,

  triggers: `SELECT t.tgrelid::text AS "tableOid", t.tgname::text AS name, pg_get_triggerdef(t.oid, true) AS definition, t.tgenabled::text AS state,
      ${comment("t.oid", "pg_trigger")}
    FROM pg_trigger t WHERE t.tgrelid = ${oid} AND NOT t.tgisinternal AND t.tgparentid = 0 ORDER BY t.tgname`,

  grants: `SELECT c.oid::text AS "tableOid", coalesce(quote_ident(pg_get_userbyid(nullif(x.grantee, 0))), 'PUBLIC') AS grantee, x.grantee = c.relowner AS owner,
      g.column, x.is_grantable AS grantable, string_agg(x.privilege_type, ', ' ORDER BY x.privilege_type) AS privileges,
      string_agg(x.privilege_type, ', ' ORDER BY x.privilege_type) = (SELECT string_agg(z.privilege_type, ', ' ORDER BY z.privilege_type)
        FROM aclexplode(acldefault('r', c.relowner)) z) AS complete
    FROM pg_class c CROSS JOIN LATERAL (SELECT NULL::text AS column, c.relacl AS acl
        UNION ALL SELECT quote_ident(a.attname), a.attacl FROM pg_attribute a
          WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL AND NOT a.attisdropped) g
      CROSS JOIN LATERAL aclexplode(g.acl) x
    WHERE c.oid = ${oid} GROUP BY 1, 2, 3, 4, 5, c.relowner ORDER BY 4 NULLS FIRST, 2, 5`,

  policies: `SELECT p.polrelid::text AS "tableOid", quote_ident(p.polname) AS name, p.polpermissive AS permissive, p.polcmd::text AS command,
      (SELECT string_agg(coalesce(quote_ident(pg_get_userbyid(nullif(r, 0))), 'PUBLIC'), ', ' ORDER BY 1)
        FROM unnest(p.polroles) AS r) AS roles,
      pg_get_expr(p.polqual, p.polrelid) AS using, pg_get_expr(p.polwithcheck, p.polrelid) AS "check", ${comment("p.oid", "pg_policy")}
    FROM pg_policy p WHERE p.polrelid = ${oid} ORDER BY p.polname`,

  rules: `SELECT r.ev_class::text AS "tableOid", quote_ident(r.rulename) AS name, pg_get_ruledef(r.oid, true) AS definition, r.ev_enabled::text AS state,
      ${comment("r.oid", "pg_rewrite")}
    FROM pg_rewrite r WHERE r.ev_class = ${oid} AND r.rulename <> '_RETURN' ORDER BY r.rulename`,

  statistics: `SELECT s.stxrelid::text AS "tableOid", s.oid::text AS oid, quote_ident(s.stxname) AS name, quote_ident(n.nspname) AS schema, pg_get_statisticsobjdef(s.oid) AS definition,
      (to_jsonb(s) ->> 'stxstattarget')::integer AS target, ${comment("s.oid", "pg_statistic_ext")}
    FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace WHERE s.stxrelid = ${oid} ORDER BY s.stxname`,

  publications: `SELECT r.prrelid::text AS "tableOid", quote_ident(p.pubname) AS name,
      ${version < 150000 ? "NULL AS filter, '[]' AS columns" : `pg_get_expr(r.prqual, r.prrelid) AS filter, ${columnNames("r.prrelid", "r.prattrs::smallint[]")} AS columns`}
    FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid WHERE r.prrelid = ${oid} ORDER BY p.pubname`,

  labels: `SELECT l.objoid::text AS "tableOid", quote_ident(l.provider) AS provider, l.label, quote_ident(a.attname) AS column
    FROM pg_seclabel l LEFT JOIN pg_attribute a ON a.attrelid = l.objoid AND a.attnum = l.objsubid AND a.attnum > 0
    WHERE l.classoid = 'pg_class'::regclass AND l.objoid = ${oid} ORDER BY l.provider, l.objsubid`,
});
