// Checks files with the built page's own checker in Node: `node check.mjs PAGE PATH...` prints the JSON report of the run.
// Paths are relative, as those of files dropped on the page; PAGE is the folder that build.py wrote.
import {closeSync, copyFileSync, fstatSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join, resolve} from "node:path";
import {pathToFileURL} from "node:url";
import {gunzipSync} from "node:zlib";

const [page, ...paths] = process.argv.slice(2);
const unpacked = (name) => gunzipSync(readFileSync(join(page, name)));
const imported = (folder, name) => import(pathToFileURL(resolve(folder, name)).href);

// Pyodide reads these from its folder in Node; the worker of the page unpacks them as they arrive.
const folder = mkdtempSync(join(tmpdir(), "jwstprod-page-"));
process.on("exit", () => rmSync(folder, {recursive: true, force: true}));
for (const name of ["pyodide.mjs", "pyodide.asm.mjs", "pyodide-lock.json"]) copyFileSync(join(page, name), join(folder, name));
copyFileSync(join(page, "engine.js"), join(folder, "engine.mjs"));
writeFileSync(join(folder, "pyodide.asm.wasm"), unpacked("python.bin"));
writeFileSync(join(folder, "python_stdlib.zip"), unpacked("library.bin"));

const {reasonOf, startEngine} = await imported(folder, "engine.mjs");
process.on("uncaughtException", (error) => {
  console.error(`the checker does not work: ${reasonOf(error)}`);
  process.exit(1);
});

const {loadPyodide} = await imported(folder, "pyodide.mjs");
const checker = await startEngine(loadPyodide, folder + "/", new Uint8Array(unpacked("packages.bin")).buffer);

const check = (run, path) => {
  const file = openSync(path);
  const slice = (start, end) => {
    const bytes = new Uint8Array(end - start);
    return bytes.subarray(0, readSync(file, bytes, 0, end - start, start));
  };
  run.check(path, fstatSync(file).size, slice);
  closeSync(file);
};

const run = checker.Run("{}", paths.length > 1);
for (const path of JSON.parse(run.choose([], paths))) check(run, path);
run.finish();
writeFileSync(1, run.report());
process.exit(0);
