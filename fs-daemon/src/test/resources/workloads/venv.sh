#!/bin/bash
# Creates a Python virtual environment, installs a package of its own into it and runs that package's test.
set -euo pipefail
home=$1
cd "$home"
python3 -m venv venv
site=$(venv/bin/python -c 'import site; print(site.getsitepackages()[0])')
mkdir "$site/thing"
echo 'def double(x): return 2 * x' > "$site/thing/__init__.py"
cat > test_thing.py <<'P'
import sqlite3, tempfile, unittest
import thing

class ThingTest(unittest.TestCase):
    def test_double(self):
        self.assertEqual(thing.double(21), 42)

    def test_temporary_file_here(self):
        with tempfile.NamedTemporaryFile(dir=".") as f:
            f.write(b"x" * 100000)
            f.flush()
            self.assertEqual(open(f.name, "rb").read(), b"x" * 100000)
P
venv/bin/python -m unittest -q test_thing
venv/bin/python -m compileall -q "$site/thing"
