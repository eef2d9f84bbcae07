// Compiles what the checker imports: `node compile.mjs FOLDER`, where build.py has put Pyodide, library.zip and packages.zip.
// Without it the browser compiles 250 modules each time the page is loaded, which takes longer than all the rest.
import {copyFileSync, readFileSync, writeFileSync} from "node:fs";
import {join, resolve} from "node:path";
import {pathToFileURL} from "node:url";
import {reasonOf, startEngine} from "./src/engine.js";

// An error that nobody catches would print the whole of Pyodide.
process.on("uncaughtException", (error) => {
  console.error(`the checker does not start: ${reasonOf(error)}`);
  process.exit(1);
});

const folder = resolve(process.argv[2]);
copyFileSync(join(folder, "library.zip"), join(folder, "python_stdlib.zip"));
const {loadPyodide} = await import(pathToFileURL(join(folder, "pyodide.mjs")).href);
let python = null;
const load = async (options) => (python = await loadPyodide(options));
const bytes = (name) => new Uint8Array(readFileSync(join(folder, name))).buffer;
await startEngine(load, folder + "/", bytes("packages.zip"));

for (const name of ["library.zip", "packages.zip"]) python.FS.writeFile(`/${name}`, new Uint8Array(bytes(name)));
python.runPython(`
import sys
from importlib import _bootstrap_external as external
from importlib.util import source_hash
from zipfile import ZipFile, ZipInfo

import jwstprod_check, os
roots = (f"{os.path.dirname(os.__file__)}/", f"{os.path.dirname(os.path.dirname(jwstprod_check.__file__))}/")
loaded = [getattr(module, "__file__", None) or "" for module in list(sys.modules.values())]
imported = {path.removeprefix(root) for path in loaded for root in roots if path.startswith(root)}

def compiled(name, optimize):
    before = ZipFile(f"/{name}")
    with ZipFile(f"/new-{name}", "w") as after:
        for member in before.namelist():
            content, place = before.read(member), member
            if member in imported and member.endswith(".py"):
                code = compile(content, member, "exec", dont_inherit=True, optimize=optimize)
                content = external._code_to_hash_pyc(code, source_hash(content), False)
                place = f"{member}c"
            after.writestr(ZipInfo(place), bytes(content))

# The docstrings and assertions of the library are 230 kB of the page.
compiled("library.zip", 2)
compiled("packages.zip", 0)
`);
for (const name of ["library.zip", "packages.zip"]) writeFileSync(join(folder, name), python.FS.readFile(`/new-${name}`));
process.exit(0);
