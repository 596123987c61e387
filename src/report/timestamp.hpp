// Times as text: RFC 3339 UTC for records, shorter forms for people.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string>

#include "report/buffer.hpp"

namespace deadair::report {

// Writes `2017-05-12T08:10:31.123456Z`. The number of digits depends on the time stamp alone: 6, or
// 9 when its nanoseconds are not a multiple of 1000, so that a microsecond capture shows 6
// throughout and no digit of a nanosecond capture is lost. Any 64-bit time is valid (years 1677 to
// 2262). Consecutive times mostly share their minute, whose text is kept.
class TimestampFormatter {
 public:
  void append(Buffer& out, std::int64_t ts_ns);

 private:
  void use_minute(std::int64_t minute);

  std::int64_t minute_ = std::numeric_limits<std::int64_t>::min();
  std::array<char, 17> prefix_{};  // "2017-05-12T08:10:"
};

// `2017-05-12 08:10:31`, the second rounded down.
std::string readable_time(std::int64_t ts_ns);
// `08:10:31.123`, milliseconds rounded down.
std::string readable_clock(std::int64_t ts_ns);
// True when both times lie in the same UTC day.
bool same_day(std::int64_t a_ns, std::int64_t b_ns);

}  // namespace deadair::report
