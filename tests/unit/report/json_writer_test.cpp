// JSON text must be valid whatever bytes go in, and numbers must have the digits asked for.
#include "report/json_writer.hpp"

#include <limits>
#include <random>
#include <string>

#include <nlohmann/json.hpp>

#include "catch.hpp"

using namespace deadair::report;

namespace {

std::string json_of(std::string_view text) {
  Buffer out(1);  // so small that growing is tested too
  append_json_string(out, text);
  return std::string(out.view());
}

std::string fixed(double value, unsigned digits) {
  Buffer out(1);
  append_fixed(out, value, digits);
  return std::string(out.view());
}

}  // namespace

TEST_CASE("plain and non-ASCII text stays as it is") {
  CHECK(json_of("") == "\"\"");
  CHECK(json_of("mmg.whatsapp.net") == "\"mmg.whatsapp.net\"");
  CHECK(json_of("пример \u20ac \U0001F4DE") == "\"пример \u20ac \U0001F4DE\"");
}

TEST_CASE("quotes, backslashes and controls are escaped") {
  CHECK(json_of("a\"b\\c") == R"("a\"b\\c")");
  CHECK(json_of("\n\r\t") == R"("\n\r\t")");
  CHECK(json_of(std::string_view("\0\x1b\x1f", 3)) == R"("\u0000\u001b\u001f")");
  CHECK(json_of("\x7f") == R"("\u007f")");
  CHECK(json_of("\u009b") == R"("\u009b")");  // a C1 control that terminals obey
}

TEST_CASE("bytes that are not UTF-8 become the replacement character, one by one") {
  CHECK(json_of("\xff") == R"("\ufffd")");
  CHECK(json_of("a\x80z") == R"("a\ufffdz")");
  CHECK(json_of("\xc0\xaf") == R"("\ufffd\ufffd")");                      // overlong slash
  CHECK(json_of("\xed\xa0\x80") == R"("\ufffd\ufffd\ufffd")");            // surrogate
  CHECK(json_of("\xf4\x90\x80\x80") == R"("\ufffd\ufffd\ufffd\ufffd")");  // above U+10FFFF
  CHECK(json_of("\xe2\x82") == R"("\ufffd\ufffd")");                      // cut off
}

TEST_CASE("any bytes give JSON that another parser accepts") {
  std::mt19937 random(1);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(random() % 12, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    const std::string json = json_of(bytes);
    INFO(json);
    REQUIRE(nlohmann::json::accept(json));
  }
}

TEST_CASE("fixed digits") {
  CHECK(fixed(0, 1) == "0.0");
  CHECK(fixed(41.24, 1) == "41.2");
  CHECK(fixed(41.25, 1) == "41.3");
  CHECK(fixed(0.96, 1) == "1.0");
  CHECK(fixed(0.00004, 4) == "0.0000");
  CHECK(fixed(0.0123, 4) == "0.0123");
  CHECK(fixed(7.6, 0) == "8");
  CHECK(fixed(-2.5, 1) == "-2.5");
  CHECK(fixed(-0.01, 1) == "0.0");  // never a negative zero
  CHECK(fixed(123456789.0, 2) == "123456789.00");
}

TEST_CASE("numbers that JSON cannot hold are still numbers") {
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double value :
       {infinity, -infinity, 1e300, std::numeric_limits<double>::quiet_NaN()}) {
    CHECK(nlohmann::json::accept(fixed(value, 1)));
  }
  CHECK(fixed(std::numeric_limits<double>::quiet_NaN(), 1) == "0.0");
}

TEST_CASE("an object puts commas between its fields only") {
  Buffer out;
  JsonObject object(out);
  object.number("a", std::numeric_limits<std::uint64_t>::max());
  object.boolean("b", false);
  object.word("c", "x");
  object.close();
  CHECK(out.view() == R"({"a":18446744073709551615,"b":false,"c":"x"})");

  Buffer empty;
  JsonObject(empty).close();
  CHECK(empty.view() == "{}");
}
