"""An edit that leaves date and size of a module as they were is run all the same."""

import os
import subprocess
import sys

from rupture_repair.provenance.bytecode import MARKER, forget_other_bytecode


def test_an_edit_with_date_and_size_put_back_is_run(tmp_path):
    module = tmp_path / "package" / "module.py"
    module.parent.mkdir()

    def imported():
        words = [sys.executable, "-c", "from package.module import K; print(K)"]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True)
        return done.stdout.strip()

    module.write_text("K = 2\n", encoding="utf-8")
    forget_other_bytecode(tmp_path)
    assert imported() == "2"
    before = module.stat()
    module.write_text("K = 3\n", encoding="utf-8")
    os.utime(module, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert imported() == "2"  # what Python does by itself
    forget_other_bytecode(tmp_path)
    assert imported() == "3"
    kept = list(tmp_path.rglob("*.pyc"))
    forget_other_bytecode(tmp_path)  # nothing was edited since
    assert kept and list(tmp_path.rglob("*.pyc")) == kept
    assert (tmp_path / MARKER).is_file()
