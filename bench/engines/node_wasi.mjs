// Runs a WASI program under Node, with Wasmtime's options:
//   node node_wasi.mjs [--dir HOST[::GUEST]] [--env NAME=VALUE] [--argv0 NAME]
//                      [--preload NAME=FILE] [--invoke FUNCTION] FILE [ARG...]
// Exit status: the program's own, or 134 for a trap.
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { WASI } from "node:wasi";

function parse(argv) {
  const options = { preopens: {}, env: {}, preload: {} };
  let i = 0;
  for (; i < argv.length && argv[i].startsWith("--"); i += 2) {
    const value = argv[i + 1];
    const [name, ...rest] = value.split("=");
    const [host, guest] = value.split("::");
    switch (argv[i]) {
      case "--dir": options.preopens[guest ?? host] = host; break;
      case "--env": options.env[name] = rest.join("="); break;
      case "--preload": options.preload[name] = rest.join("="); break;
      case "--argv0": options.argv0 = value; break;
      case "--invoke": options.invoke = value; break;
      default: throw new Error(`unknown option ${argv[i]}`);
    }
  }
  options.file = argv[i];
  options.args = argv.slice(i + 1);
  return options;
}

function compile(file) {
  return new WebAssembly.Module(readFileSync(file));
}

// JavaScript does not say what types a function takes; the argument's spelling
// and the function's complaint do.
function invoke(fn, args) {
  try {
    return fn(...args.map(Number));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return fn(...args.map(BigInt));
  }
}

const options = parse(process.argv.slice(2));
const wasi = new WASI({
  version: "preview1",
  args: [options.argv0 ?? basename(options.file), ...options.args],
  env: options.env,
  preopens: options.preopens,
  returnOnExit: false,
});
const imports = {
  wasi_snapshot_preview1: wasi.wasiImport,
  wasi_unstable: wasi.wasiImport,
};
try {
  for (const [name, file] of Object.entries(options.preload)) {
    imports[name] = new WebAssembly.Instance(compile(file), imports).exports;
  }
  const instance = new WebAssembly.Instance(compile(options.file), imports);
  if (options.invoke) {
    if (instance.exports._initialize) {
      wasi.initialize(instance);
    }
    const result = invoke(instance.exports[options.invoke], options.args);
    if (result !== undefined) console.log(String(result));
  } else if (!instance.exports.memory) {
    instance.exports._start();  // Node's start() insists on a memory.
  } else {
    wasi.start(instance);
  }
} catch (error) {
  console.error(String(error.stack ?? error));
  const trapped = error instanceof WebAssembly.RuntimeError ||
      error instanceof RangeError;
  process.exit(trapped ? 134 : 1);
}
