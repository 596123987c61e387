// Turns the plain HTTP transport of Psiphon into a claim; its other transports give nothing to
// read but names.
#include <algorithm>

#include "classify/classifier.hpp"
#include "psiphon/signatures.hpp"

namespace deadair::classifiers::psiphon {
namespace {

using classify::Answer;
using classify::Claims;
using classify::FlowFacts;
using classify::Role;
using classify::StreamHead;

constexpr classify::Info kInfo = {
    .name = "psiphon",
    .version = "psiphon 1.0",
    .doc = "Psiphon, as far as names and its plain HTTP transport show it",
    .signals = kSignals,
    .names = kNames,
    .networks = {},
    .dns_signal = &kDns,
    .certificate_signal = &kCertificate,
};

constexpr bool is_base64(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '/';
}

// "K=<base64>", and nothing after it.
bool is_meek_cookie(std::string_view cookie) {
  if (cookie.size() < 2 || cookie[0] < 'A' || cookie[0] > 'Z' || cookie[1] != '=') return false;
  std::string_view value = cookie.substr(2);
  if (value.size() < kShortestValue || value.size() % 4 != 0) return false;
  for (int padding = 0; padding < 2 && value.back() == '='; ++padding) value.remove_suffix(1);
  return std::all_of(value.begin(), value.end(), is_base64);
}

// `head` without its final empty line. Its own copy of the line end before each field name keeps a
// field from being found inside another.
bool is_meek(std::string_view head) {
  if (head.find(kContentType) == std::string_view::npos) return false;
  const std::size_t at = head.find(kCookie);
  if (at == std::string_view::npos) return false;
  const std::string_view cookie = head.substr(at + kCookie.size());
  return is_meek_cookie(cookie.substr(0, cookie.find("\r\n")));
}

class Psiphon final : public classify::Classifier {
 public:
  [[nodiscard]] const classify::Info& info() const override { return kInfo; }

  Answer on_stream(const FlowFacts&, const StreamHead& head, Claims& claims) const override {
    const ByteView request = ByteView::of(kRequest);
    if (head.up.empty() || !head.up.starts_with(request.first(head.up.size()).span()))
      return Answer::not_for_us;
    const std::string_view text = head.up.first(kLongestHead).text();
    const std::size_t end = text.find("\r\n\r\n");
    if (end == std::string_view::npos)
      return text.size() < kLongestHead ? Answer::unsure : Answer::not_for_us;
    if (is_meek(text.substr(0, end + 2)))
      claims.add({&kMeek, Service::tunnel, Role::none, false, {}});
    return Answer::not_for_us;
  }
};

}  // namespace

const classify::Classifier& instance() {
  static const Psiphon classifier;
  return classifier;
}

}  // namespace deadair::classifiers::psiphon
