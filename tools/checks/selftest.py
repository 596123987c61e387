"""Prove that each check notices what it is for, on small trees made to break its rule.

usage: selftest.py
"""
import hashlib
import pathlib
import subprocess
import tempfile
import unittest

import cases
import layers
import lengths
import paths
import score
import source_rules


class TreeTest(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.root = pathlib.Path(self._folder.name).resolve() / 'tree'
        self.put('src/bytes/byte_view.hpp', '// View.\n')
        self.put('src/wire/packet.hpp', '// Packet.\n#include "bytes/byte_view.hpp"\n')

    def put(self, name, content):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def assert_one(self, problems, *words):
        self.assertEqual(len(problems), 1, problems)
        for word in words:
            self.assertIn(word, problems[0])


class Layers(TreeTest):
    def test_upward_includes_are_fine(self):
        self.assertEqual(layers.check(self.root), [])

    def test_downward_include(self):
        self.put('src/bytes/bad.hpp', '// Bad.\n#include "wire/packet.hpp"\n')
        self.assert_one(layers.check(self.root), 'src/bytes/bad.hpp:2', 'bytes may not use wire')

    def test_siblings(self):
        self.put('src/proto/bad.cpp', '// Bad.\n#include "wire/packet.hpp"\n')
        self.assert_one(layers.check(self.root), 'proto may not use wire')

    def test_report_sees_no_packet(self):
        self.put('src/report/bad.cpp', '// Bad.\n#include "wire/packet.hpp"\n')
        self.assert_one(layers.check(self.root), 'report may not use wire')

    def test_classifiers_do_not_see_each_other(self):
        self.put('classifiers/one/signatures.hpp', '// One.\n')
        self.put('classifiers/one/one.cpp', '// One.\n#include "signatures.hpp"\n')
        self.assertEqual(layers.check(self.root), [])
        self.put('classifiers/two/two.cpp', '// Two.\n#include "one/signatures.hpp"\n')
        self.assert_one(layers.check(self.root), 'classifiers/two may not use classifiers/one')

    def test_unknown_layer(self):
        self.put('src/misc/bad.cpp', '// Bad.\n')
        self.assert_one(layers.check(self.root), 'misc is not a layer')

    def test_owned_headers(self):
        self.put('src/capture/live.cpp', '// Live.\n#include <pcap/pcap.h>\n')
        self.put('src/classify/witness.cpp', '// Witness.\n#include <ndpi/ndpi_api.h>\n')
        self.put('src/cli/options.cpp', '// Options.\n#include <boost/program_options.hpp>\n')
        self.assertEqual(layers.check(self.root), [])
        self.put('src/classify/other.cpp', '// Other.\n#include <ndpi/ndpi_api.h>\n')
        self.assert_one(layers.check(self.root), 'belongs in one file')

    def test_foreign_header(self):
        self.put('src/flow/bad.cpp', '// Bad.\n#include <pcap.h>\n')
        self.assert_one(layers.check(self.root), 'only src/capture')


class Rules(TreeTest):
    def breach(self, body, layer='flow'):
        self.put(f'src/{layer}/x.cpp', f'// X.\n{body}\n')
        return source_rules.check(self.root)

    def test_cast(self):
        self.assert_one(self.breach('auto p = reinterpret_cast<char*>(q);'), 'x.cpp:2', 'reinterpret_cast')

    def test_cast_in_a_comment(self):
        self.assertEqual(self.breach('int a;  // no reinterpret_cast here'), [])

    def test_cast_where_bytes_are(self):
        self.assertEqual(self.breach('auto p = reinterpret_cast<char*>(q);', 'bytes'), [])

    def test_pointer_arithmetic(self):
        self.assert_one(self.breach('use(v.data() + 4);'), 'pointer arithmetic')

    def test_clocks(self):
        self.assert_one(self.breach('auto t = std::chrono::steady_clock::now();'), 'a clock')
        self.assert_one(self.breach('auto t = time(nullptr);'), 'a clock')
        self.assertEqual(self.breach('auto t = packet.time();'), [])

    def test_clock_of_the_pipeline(self):
        self.assertEqual(self.breach('auto t = std::chrono::steady_clock::now();', 'pipeline'), [])

    def test_heading(self):
        self.put('src/flow/x.cpp', 'int a;\n')
        self.assert_one(source_rules.check(self.root), 'what this file is for')

    def test_unfinished(self):
        self.assert_one(self.breach('// TO' 'DO: later'), 'unfinished')


class Lengths(TreeTest):
    def test_long_function(self):
        lines = '\n'.join('  a += 1;' for _ in range(90))
        self.put('src/flow/x.cpp', f'// X.\nint f(int a) {{\n{lines}\n  return a;\n}}\n')
        found = lengths.functions(self.root, [pathlib.Path('src/flow/x.cpp')])
        self.assertEqual(len(lengths.too_long(found, lengths.FUNCTION_LIMIT)), 1)

    def test_brace_initialisers_and_digit_separators(self):
        self.put('src/flow/x.cpp', "// X.\nstruct S {\n  long a{1'000};\n  char b = '{';\n};\nint f() {\n  return 1;\n}\n")
        self.assertEqual(lengths.functions(self.root, [pathlib.Path('src/flow/x.cpp')]),
                         [(3, 'src/flow/x.cpp:6 f')])


class Cases(TreeTest):
    def setUp(self):
        super().setUp()
        data = b'\xd4\xc3\xb2\xa1'
        self.put('pcaps/one/input.pcap', data)
        self.put('pcaps/one/expect.json', '{}')
        self.put('pcaps/one/README.md', f'made by hand, {hashlib.sha256(data).hexdigest()}')

    def test_complete(self):
        self.assertEqual(cases.check(self.root), [])

    def test_changed_input(self):
        self.put('pcaps/one/input.pcap', b'other')
        self.assert_one(cases.check(self.root), 'lacks the SHA-256')

    def test_no_provenance(self):
        (self.root / 'pcaps/one/README.md').unlink()
        self.assert_one(cases.check(self.root), 'no README.md')

    def test_copy(self):
        corpus = self.root.parent / 'corpus'
        corpus.mkdir()
        (corpus / 'theirs.pcap').write_bytes(b'\xd4\xc3\xb2\xa1')
        self.assert_one(cases.check(self.root, corpus), 'a copy of a corpus file')


class Paths(TreeTest):
    def test_places(self):
        subprocess.run(['git', 'init', '-q', str(self.root)], check=True)
        self.put('good.sh', 'cd "$root/srv" && cat /etc/os-release\n')
        self.put('bad.sh', f'cd {self.root.parent}/other\n')
        self.put('worse.md', 'see /ho' 'me/me\n')
        subprocess.run(['git', '-C', str(self.root), 'add', '.'], check=True)
        self.assertEqual(sorted(p.split(':')[0] for p in paths.check(self.root)), ['bad.sh', 'worse.md'])


class Score(unittest.TestCase):
    SAID = 'flows: app 40/46  app+service 39/46  media 5/5\nquiet: captures with false alarms 1/394  broken runs 0/394\n'

    def test_reads_figures(self):
        self.assertEqual(score.figures(self.SAID), {'app': 40, 'app_service': 39, 'media': 5, 'loud': 1, 'broken': 0})

    def test_compares(self):
        floor = {'app': 40, 'app_service': 40, 'loud': 1, 'broken': 0}
        self.assertEqual(score.below(score.figures(self.SAID), floor), ['app_service is 39, was 40'])
        self.assertEqual(score.below({'app': 40}, {'broken': 0}), ['broken is missing, was 0'])
        self.assertEqual(score.below({'broken': 2}, {'broken': 0}), ['broken is 2, was 0'])


if __name__ == '__main__':
    unittest.main(verbosity=0)
