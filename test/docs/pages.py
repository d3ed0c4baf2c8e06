"""For lit: every page of docs/ is a test, which page.py runs."""
import os
import subprocess

import lit.formats
import lit.Test


class Pages(lit.formats.TestFormat):
    def getTestsInDirectory(self, suite, path, lit_config, config):
        for name in sorted(os.listdir(os.path.join(config.heed_source, "docs"))):
            if name.endswith(".md"):
                yield lit.Test.Test(suite, path + (name,), config)

    def execute(self, test, lit_config):
        config, name = test.config, test.path_in_suite[-1]
        if name == "embedding.md" and "sanitized" in config.available_features:
            return lit.Test.UNSUPPORTED, "a compiler links here that knows nothing of sanitizers"
        command = ["/usr/bin/python3", os.path.join(test.suite.source_root, "docs/page.py"),
                   os.path.join(config.heed_source, "docs", name), os.path.join(config.test_exec_root, "docs/Output", name)]
        done = subprocess.run(command, env=config.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return (lit.Test.FAIL if done.returncode else lit.Test.PASS), done.stdout
