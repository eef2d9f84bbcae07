"""Patterns of paths, as git reads those of a .gitignore file."""

import os
import subprocess

import pytest

from jwstprod_check.config.globs import Globs, check_globs

FOLDER = "/data/project"
PATHS = ("a.fits", "sub/a.fits", "sub/deep/a.fits", "b.fits", "old/x/b.fits", "x[1].fits", "sub/b")
CASES = [
    ("*.fits",),
    ("a.fits",),
    ("/a.fits",),
    ("sub/",),
    ("b/",),
    ("sub/*.fits",),
    ("sub/**",),
    ("**/deep",),
    ("sub/**/a.fits",),
    ("*.fits", "!a.fits"),
    ("[ab].fits",),
    ("[!a].fits",),
    ("?.fits",),
    ("x\\[1\\].fits",),
    ("sub*",),
    ("/sub/deep/",),
    ("**/**/b.fits",),
]


@pytest.mark.parametrize("patterns", CASES, ids=" ".join)
def test_patterns_match_as_in_git(patterns, tmp_path):
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / ".gitignore").write_text("\n".join(patterns) + "\n")
    asked = subprocess.run(
        ["git", "-C", tmp_path, "check-ignore", "--no-index", "--stdin"],
        input="\n".join(PATHS),
        capture_output=True,
        text=True,
        check=False,
    )
    globs = Globs(str(tmp_path), patterns)
    assert [p for p in PATHS if globs.match(os.path.join(tmp_path, p))] == asked.stdout.split()


def test_path_outside_the_folder_matches_patterns_for_any_depth_alone():
    assert Globs(FOLDER, ("*_uncal.fits",)).match("/other/x_uncal.fits") == "*_uncal.fits"
    assert Globs(FOLDER, ("/x_uncal.fits", "sub/x_uncal.fits")).match("/sub/x_uncal.fits") == ""


@pytest.mark.parametrize("pattern", ["", "!", "/", "  ", "[b-a]"])
def test_pattern_that_can_match_nothing_is_refused(pattern):
    assert check_globs(["*.fits", pattern])[0] == 1


def test_repeated_stars_take_no_time():
    assert Globs(FOLDER, ("**/" * 40 + "*a*" * 3 + "b",)).match(FOLDER + "/x" * 60) == ""
