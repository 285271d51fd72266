import { defineSwitch } from "godwit";

export default defineSwitch({
  manager: "datasets",
  from: "635083325f20",
  to: "2101fbf51ad3",
  summary: "Give datasets UUIDs instead of integers",
  placeholder: "This migration is not written yet.",
});
