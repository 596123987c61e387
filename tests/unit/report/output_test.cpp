// Outputs that fail: each in its own way, none silently.
#include "report/output.hpp"

#include <csignal>
#include <string>

#include <unistd.h>

#include "bytes/error.hpp"
#include "catch.hpp"
#include "fixtures.hpp"

using namespace deadair::report;
using namespace deadair::report::test;

namespace {

std::string error_of(Output& output, std::string_view block) {
  try {
    output.write(block);
  } catch (const deadair::Error& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("a file that cannot be opened is named") {
  try {
    const Output output("/nonexistent/x.json");
    FAIL("no error");
  } catch (const deadair::Error& error) {
    CHECK(std::string(error.what()) ==
          "cannot write /nonexistent/x.json: No such file or directory");
  }
}

TEST_CASE("a full disk is an error") {
  Output full("/dev/full");
  CHECK(error_of(full, "x") == "cannot write /dev/full: No space left on device");
  CHECK_FALSE(full.reader_gone());
}

TEST_CASE("a reader that has gone is none") {
  std::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  Output output("/dev/fd/" + std::to_string(ends[1]));
  ::close(ends[1]);
  output.write("seen");
  char seen[4];
  CHECK(::read(ends[0], seen, sizeof seen) == 4);
  ::close(ends[0]);
  CHECK(error_of(output, "lost").empty());
  CHECK(output.reader_gone());
  CHECK(error_of(output, "also lost").empty());
}

TEST_CASE("two outputs to one file are noticed") {
  Recorded a;
  Recorded b;
  CHECK(a.output().same_file(a.output()));
  CHECK_FALSE(a.output().same_file(b.output()));
  Output null_one("/dev/null");
  Output null_two("/dev/null");
  CHECK_FALSE(null_one.same_file(null_two));  // losing data there is what was asked for
}
