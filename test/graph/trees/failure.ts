import { expect } from "chai";
import { GodwitError } from "../../../lib/errors.js";

/** The error that some work ends with, which has to be one that is thrown on purpose. */
export function failure(work: () => unknown): GodwitError {
  try {
    work();
  } catch (error) {
    if (error instanceof GodwitError) return error;
    throw error;
  }
  return expect.fail("nothing was refused");
}
