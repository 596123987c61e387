// Renders values as JSON text: the small part of JSON that records need, and fast.
#pragma once

#include <cstdint>
#include <string_view>

#include "bytes/ip_address.hpp"
#include "report/buffer.hpp"
#include "report/timestamp.hpp"

namespace deadair::report {

// `text` as a JSON string with its quotes. Any bytes are accepted and the result is always valid
// UTF-8: each byte that is no part of well-formed UTF-8 (RFC 3629) becomes \ufffd; quotes,
// backslashes and control characters (C0, DEL, C1, which could drive a terminal) are escaped.
void append_json_string(Buffer& out, std::string_view text);

// `value` with exactly `digits` digits after the point (0 to 9), halves away from zero. Magnitudes
// that do not fit (above 9.2e18 / 10^digits) are clamped; not-a-number is written as 0.
void append_fixed(Buffer& out, double value, unsigned digits);

// One JSON object of a line: fields in the order in which they are added, commas set.
class JsonObject {
 public:
  // Keys are literals of this program, never packet data, and need no escaping.
  explicit JsonObject(Buffer& out) : out_(out) {}

  void text(std::string_view key, std::string_view value) {
    this->key(key);
    append_json_string(out_, value);
  }
  // `value` is known to need no escaping (a name from a table of this program).
  void word(std::string_view key, std::string_view value) {
    this->key(key);
    const std::span<char> at = out_.room(value.size() + 2);
    at[0] = '"';
    std::copy_n(value.begin(), value.size(), &at[1]);
    at[value.size() + 1] = '"';
    out_.keep(value.size() + 2);
  }
  void number(std::string_view key, std::uint64_t value) {
    this->key(key);
    out_.append_number(value);
  }
  void fixed(std::string_view key, double value, unsigned digits) {
    this->key(key);
    append_fixed(out_, value, digits);
  }
  void boolean(std::string_view key, bool value) {
    this->key(key);
    out_.append(value ? std::string_view("true") : std::string_view("false"));
  }
  void time(std::string_view key, std::int64_t ts_ns, TimestampFormatter& formatter) {
    this->key(key);
    out_.append('"');
    formatter.append(out_, ts_ns);
    out_.append('"');
  }
  void address(std::string_view key, const IpAddress& value) {
    this->key(key);
    const std::span<char> at = out_.room(48);
    at[0] = '"';
    const std::size_t length = format_to(value, &at[1]);
    at[length + 1] = '"';
    out_.keep(length + 2);
  }
  // `"key":`, for a value the caller appends.
  void key(std::string_view name) {
    const std::span<char> at = out_.room(name.size() + 4);
    at[0] = first_ ? '{' : ',';
    at[1] = '"';
    std::copy_n(name.begin(), name.size(), &at[2]);
    at[name.size() + 2] = '"';
    at[name.size() + 3] = ':';
    out_.keep(name.size() + 4);
    first_ = false;
  }
  // Ends the object; nothing may be added after it.
  void close() { out_.append(first_ ? std::string_view("{}") : std::string_view("}")); }

 private:
  Buffer& out_;
  bool first_ = true;
};

}  // namespace deadair::report
