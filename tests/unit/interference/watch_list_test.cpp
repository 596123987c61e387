// Names on the user's list: what matches, and what a file may hold.
#include "interference/watch_list.hpp"

#include "bytes/error.hpp"
#include "catch.hpp"
#include "unit/temp_dir.hpp"

using namespace deadair;
using interference::WatchList;

namespace {

WatchList list_of(std::string_view text) {
  const test::TempDir folder;
  WatchList list;
  interference::read_watch_list(folder.file("names.txt", text), list);
  return list;
}

std::string error_of(std::string_view text) {
  try {
    list_of(text);
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("A name on the list stands for itself alone") {
  const WatchList list = list_of("Example.org\n");
  CHECK(list.lists("example.org"));
  CHECK(list.lists("EXAMPLE.ORG."));
  CHECK_FALSE(list.lists("www.example.org"));
  CHECK_FALSE(list.lists("badexample.org"));
  CHECK_FALSE(list.lists("org"));
}

TEST_CASE("A star stands for all names below, at any depth") {
  const WatchList list = list_of("*.example.org");
  CHECK(list.lists("www.example.org"));
  CHECK(list.lists("a.b.example.org"));
  CHECK_FALSE(list.lists("example.org"));
  CHECK_FALSE(list.lists("badexample.org"));
  CHECK_FALSE(list.lists("www.example.org.net"));
}

TEST_CASE("Blank lines, comments and line ends of other systems are passed over") {
  const WatchList list =
      list_of("\xef\xbb\xbf# mine\r\n\r\n  one.example # the first\r\ntwo.example");
  CHECK(list.size() == 2);
  CHECK(list.lists("one.example"));
  CHECK(list.lists("two.example"));
  CHECK(list_of("").size() == 0);
}

TEST_CASE("A line that is no name is an error that tells where") {
  const std::string error = error_of("one.example\nhttps://two.example/\n");
  CHECK(error.find("line 2") != std::string::npos);
  CHECK(error.find("https://two.example/") != std::string::npos);
  CHECK(error_of("two words\n").find("line 1") != std::string::npos);
  CHECK_FALSE(error_of("*.\n").empty());
  CHECK_FALSE(error_of("*\n").empty());
  CHECK_FALSE(error_of("www.*.example\n").empty());
  CHECK_FALSE(error_of("a..b\n").empty());
  CHECK_FALSE(error_of("\xd0\xb0.example\n").empty());
  CHECK_FALSE(error_of(std::string("one.example\0two", 15)).empty());
}

TEST_CASE("What cannot be read is an error") {
  WatchList list;
  CHECK_THROWS_AS(interference::read_watch_list("/nonexistent/names", list), Error);
  CHECK_THROWS_AS(interference::read_watch_list("/", list), Error);
}

TEST_CASE("Names of known applications are watched without a list") {
  const WatchList list = list_of("mine.example");
  CHECK(list.watches("web.whatsapp.com", "whatsapp"));
  CHECK(list.watches("mine.example", ""));
  CHECK_FALSE(list.watches("other.example", ""));
  CHECK_FALSE(list.watches("", "whatsapp"));
}
