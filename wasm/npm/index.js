// What both sides export, over the program's one function.

/**
 * A question that cannot be asked: an unknown tool, an option that isn't known, a client that isn't there.
 */
export class QuestionError extends Error {
  name = "QuestionError";
}

/** The functions, with the program's `call`. */
export function functions(call) {
  const ask = (name, parameters) => {
    const told = JSON.parse(call(name, JSON.stringify(parameters)));
    if ("error" in told) throw new QuestionError(told.error);
    return told.answer;
  };
  const asked = (files, question) => ({ files: named(files), ...(typeof question === "string" ? { command: question } : question) });
  return {
    trace: (files, question) => ask("trace", asked(files, question)),
    exec: (files, question) => ask("exec", asked(files, question)),
    check: (files) => ask("check", { files: named(files) }),
    modelled: () => ask("modelled", {}),
  };
}

/** One text is a file without a name of its own. */
function named(files) {
  return typeof files === "string" ? { "manifests.yaml": files } : files;
}
