/** Preloaded into the program (`--import`): notes every module that it loads, by `import` in a hook, by `require` from the cache when it ends. */
import { writeFileSync } from "node:fs";
import { createRequire, register } from "node:module";

register("./loaded-modules-hook.js", import.meta.url);

const require = createRequire(import.meta.url);
process.on("exit", () => {
  const target = process.env["GODWIT_TEST_LOADED"];
  if (target !== undefined) writeFileSync(`${target}.requires`, Object.keys(require.cache).join("\n"));
});
