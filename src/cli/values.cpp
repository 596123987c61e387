// Checks each value in full: a number with letters behind it is no number.
#include "cli/values.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "bytes/error.hpp"

namespace deadair::cli {
namespace {

template <typename Number>
bool parse_whole(std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.begin(), text.end(), out);
  return error == std::errc{} && end == text.end();
}

}  // namespace

std::uint64_t whole_number(std::string_view option, const std::string& value, std::uint64_t least,
                           std::uint64_t most) {
  std::uint64_t number = 0;
  if (!parse_whole(value, number) || number < least || number > most) {
    throw Error(fmt::format("{} takes a whole number from {} to {}, not \"{}\"", option, least,
                            most, value));
  }
  return number;
}

double seconds(std::string_view option, const std::string& value) {
  constexpr double kLeast = 0.001;
  constexpr double kMost = 1e7;
  double number = 0;
  // Written so that not-a-number fails too.
  if (!parse_whole(value, number) || !(number >= kLeast && number <= kMost)) {
    throw Error(fmt::format("{} takes seconds from 0.001 to 10000000, not \"{}\"", option, value));
  }
  return number;
}

IpPrefix prefix(std::string_view option, const std::string& value) {
  IpPrefix parsed;
  if (!parse_ip_prefix(value, parsed)) {
    throw Error(fmt::format("{} takes a range such as 192.0.2.0/24 or 2001:db8::/32, not \"{}\"",
                            option, value));
  }
  return parsed;
}

void watch(std::string_view option, const std::string& value, interference::WatchList& list) {
  try {
    interference::read_watch_list(value, list);
  } catch (const Error& error) {
    throw Error(fmt::format("{} {}", option, error.what()));
  }
}

Colour colour(std::string_view option, const std::string& value) {
  if (value == "auto") return Colour::automatic;
  if (value == "always") return Colour::always;
  if (value == "never") return Colour::never;
  throw Error(fmt::format("{} takes auto, always or never, not \"{}\"", option, value));
}

OutputRequest output(std::string_view option, const std::string& value) {
  const std::size_t colon = value.find(':');
  OutputRequest request{value.substr(0, colon), {}};
  if (colon != std::string::npos) request.path = value.substr(colon + 1);
  const auto formats = output_formats();
  const bool known = std::any_of(formats.begin(), formats.end(), [&](const OutputFormat& format) {
    return format.name == request.format;
  });
  if (!known) {
    std::string names;
    for (const OutputFormat& format : formats) {
      names += fmt::format("{}{}", names.empty() ? "" : ", ", format.name);
    }
    throw Error(
        fmt::format("{}: unknown format \"{}\"; there are {}", option, request.format, names));
  }
  if (colon != std::string::npos && request.path.empty()) {
    throw Error(fmt::format("{} {}: no file is named after the colon", option, value));
  }
  if (request.path == "-") request.path.clear();
  return request;
}

}  // namespace deadair::cli
