import { defineSwitch } from "godwit";

export default defineSwitch({
  manager: "collections",
  from: "93341d68b814",
  to: "8c57494cabcc",
  summary: "Refer to collections by integers instead of names",
  placeholder: "This migration is not written yet.",
});
