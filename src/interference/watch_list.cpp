// Reads and searches lists of names, label by label from the left.
#include "interference/watch_list.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include <fmt/format.h>

#include "bytes/error.hpp"
#include "proto/host_name.hpp"

namespace deadair::interference {
namespace {

constexpr std::string_view kBlank = " \t\r\f\v";
constexpr std::size_t kLongestName = 253;

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

// Lower case, without the final dot (RFC 4343).
std::string canonical(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  std::string out(name);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  return out;
}

bool is_name(std::string_view name) {
  return proto::is_host_name(name) && name.front() != '.' &&
         name.find("..") == std::string_view::npos;
}

std::string line_error(const std::string& path, std::size_t number, std::string_view line) {
  constexpr std::size_t kShown = 60;
  return fmt::format(
      "{}, line {}: \"{}\" is no host name; one name a line, \"*.\" before it for all below it, "
      "other alphabets as xn--...",
      path, number, line.substr(0, kShown));
}

// The whole file; it may be anything, a device without end too.
std::string text_of(const std::string& path) {
  constexpr std::size_t kMostBytes = std::size_t{64} << 20;
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text;
  std::array<char, 65536> block;
  while (file && text.size() <= kMostBytes) {
    file.read(block.data(), block.size());
    text.append(block.data(), static_cast<std::size_t>(file.gcount()));
  }
  if (!file.eof() && text.size() > kMostBytes)
    throw Error(fmt::format("{}: too long for a list of names (64 MiB)", path));
  if (!file.eof()) throw Error(fmt::format("{}: {}", path, std::strerror(errno)));
  return text;
}

}  // namespace

bool WatchList::add(std::string_view pattern) {
  const bool below = pattern.starts_with("*.");
  if (below) pattern.remove_prefix(2);
  const std::string name = canonical(pattern);
  if (!is_name(name)) return false;
  if (!full()) (below ? domains_ : names_).insert(name);
  return true;
}

bool WatchList::lists(std::string_view name) const {
  if (names_.empty() && domains_.empty()) return false;
  if (name.size() > kLongestName + 1) return false;
  const std::string wanted = canonical(name);
  if (names_.contains(wanted)) return true;
  const std::string_view all = wanted;
  for (std::size_t dot = all.find('.'); dot != std::string_view::npos; dot = all.find('.', dot + 1))
    if (domains_.contains(all.substr(dot + 1))) return true;
  return false;
}

void read_watch_list(const std::string& path, WatchList& list) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  const std::string text = text_of(path);
  std::string_view left = text;
  if (left.starts_with(kByteOrderMark)) left.remove_prefix(kByteOrderMark.size());
  for (std::size_t number = 1; !left.empty(); ++number) {
    const std::string_view line = left.substr(0, left.find('\n'));
    left.remove_prefix(std::min(left.size(), line.size() + 1));
    const std::string_view name = trimmed(line.substr(0, line.find('#')));
    if (!name.empty() && !list.add(name)) throw Error(line_error(path, number, name));
    if (list.full()) throw Error(fmt::format("{}: too many names", path));
  }
}

}  // namespace deadair::interference
