// Text of unknown origin: decoding, width, safety, shortening.
#include "report/utf8.hpp"

#include "catch.hpp"

using namespace deadair::report;

TEST_CASE("UTF-8 is decoded as RFC 3629 says") {
  CHECK(decode_utf8("a").code == 'a');
  CHECK(decode_utf8("\u00e9").code == 0xe9);
  CHECK(decode_utf8("\u20ac").length == 3);
  CHECK(decode_utf8("\U0010FFFF").code == 0x10ffff);
  for (const char* bad : {"\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf",
                          "\xf4\x90\x80\x80", "\xf5", "\xc3", "\xc3\x28"}) {
    CHECK_FALSE(decode_utf8(bad).valid);
    CHECK(decode_utf8(bad).length == 1);
  }
}

TEST_CASE("display width") {
  CHECK(display_width("") == 0);
  CHECK(display_width("abc \u2192") == 5);
  CHECK(display_width("日本") == 4);
  CHECK(display_width("e\u0301") == 1);
  CHECK(display_width("\U0001F4DE") == 2);
}

TEST_CASE("what could drive or deceive a terminal is escaped") {
  CHECK(printable("وثيقة.pcap") == "وثيقة.pcap");
  CHECK(printable("a\x1b[31mb\n") == "a\\x1b[31mb\\x0a");
  CHECK(printable("\u009b") == "\\xc2\\x9b");
  CHECK(printable("gpj.\u202epcap") == "gpj.\\xe2\\x80\\xaepcap");
  CHECK(printable("\xff") == "\\xff");
  CHECK(printable_ascii("аpple.com") == "\\xd0\\xb0pple.com");  // Cyrillic a
  CHECK(printable_ascii("a b") == "a\\x20b");
  CHECK(printable_words("a b\t\u202e~") == "a b\\x09\\xe2\\x80\\xae~");
}

TEST_CASE("shortening keeps to its width and says that something is gone") {
  CHECK(keep_end("abcdef", 6) == "abcdef");
  CHECK(keep_end("abcdef", 4) == "\u2026def");
  CHECK(keep_start("abcdef", 4) == "abc\u2026");
  CHECK(keep_ends("abcdef", 5) == "ab\u2026ef");
  CHECK(keep_ends("abcdef", 4) == "ab\u2026f");
  CHECK(keep_end("abcdef", 1) == "\u2026");
  for (std::size_t width = 1; width < 12; ++width) {
    CHECK(display_width(keep_ends("日本語の名前", width)) <= width);
    CHECK(display_width(keep_end("日本語の名前", width)) <= width);
  }
}
