"""The page on many machines: its commands have the options that the programs have, its scripts and manifests are read."""

import ast
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml
from consumers import module

from jwstprod_check.cli.check import command

PAGE = Path(__file__).parents[1] / "docs" / "scale.md"
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def lines(program):
    """Calls of a program in the scripts of the page."""
    found = []
    for language, text in BLOCKS:
        for line in text.splitlines() if language == "sh" else ():
            call = line.strip().removesuffix("&").strip().removeprefix("srun ")
            if call.startswith(f"{program} "):
                found.append(call)
    assert found
    return found


@pytest.mark.parametrize("line", lines("jwstprod check"))
def test_calls_of_the_program_can_be_parsed(line):
    command.make_context("check", shlex.split(line)[2:])


@pytest.mark.parametrize("line", lines("dask"))
def test_calls_of_dask_have_options_that_it_has(line):
    module("distributed")
    _, program, *args = shlex.split(line)
    main = __import__(f"distributed.cli.dask_{program}", fromlist=["main"]).main
    assert isinstance(main, click.Command)
    main.make_context(program, [arg.replace("$(nproc)", "4") for arg in args])


def test_scripts_are_python_and_manifests_yaml():
    languages = {language for language, _ in BLOCKS}
    assert languages == {"sh", "python", "yaml", "dockerfile"}
    for language, text in BLOCKS:
        if language == "python":
            ast.parse(text)
        elif language == "yaml":
            documents = list(yaml.safe_load_all(text))
            (worker,) = (d for d in documents if d["kind"] == "Deployment" and d["metadata"]["name"] == "worker")
            program, part, *args = worker["spec"]["template"]["spec"]["containers"][0]["args"]
            assert (program, part) == ("dask", "worker")
            module("distributed")
            from distributed.cli.dask_worker import main

            main.make_context("worker", args)


def test_the_script_with_loky_runs(tmp_path):
    module("loky")
    (text,) = (text for language, text in BLOCKS if language == "python" and "loky" in text)
    script = tmp_path / "script.py"
    script.write_text(text.replace("max_workers=16", "max_workers=1"))
    good = sorted((Path(__file__).parent / "data" / "good").rglob("*.fits"))[:3]
    done = subprocess.run(
        [sys.executable, script, *good],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(PAGE.parents[1]), "PATH": ""},
    )
    assert (done.returncode, done.stdout) == (0, "".join(f"{path} conforming\n" for path in good)), done.stderr
