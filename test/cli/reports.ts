/** What a check may find, as its report says it. */
import type { CheckReport, Drift } from "../../lib/api/check.js";

export const drift: Drift = {
  table: "visit",
  object: 'column "day"',
  kind: "column",
  name: "day",
  property: "presence",
  expected: "BIGINT",
  found: null,
  class: "drift",
  reason: null,
  explanation: null,
};

export const clean: CheckReport = { ok: true, pending: [], problems: [], drift: [], rows: null };
