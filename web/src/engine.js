// The checker: Python in WebAssembly with the package of the project. The same in a worker of the browser and in Node.
export const startEngine = async (loadPyodide, indexURL, packages) => {
  const silent = () => {};
  const [python, archive] = await Promise.all([loadPyodide({indexURL, stdout: silent, stderr: silent}), packages]);
  python.unpackArchive(archive, "wheel");
  const checker = python.pyimport("jwstprod_check.browser");
  checker.warm_up();
  return checker;
};

// An error of Python ends with what happened; the first lines are about the interpreter.
export const reasonOf = (error) => String(error?.message ?? error).trim().split("\n").pop().slice(0, 300);
