"""The mutation script: the tests run on the mutant, not on the module as it is."""

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import os, sys
sys.path.insert(0, "tests")
import mutate_rules as script

path = script.ROOT / "jwstprod_check" / "match" / "rows.py"
mutant = next(m for m in script.mutants_of(path) if m.before.startswith("NEAR"))
script.preload()
os.chdir(script.ROOT)
print(script.noticed(None, path, 60, True), script.noticed(mutant, path, 60, True))
"""


def test_a_mutant_is_noticed_and_the_module_as_it_is_passes():
    root = Path(__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=root, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["False", "True"], done.stderr
